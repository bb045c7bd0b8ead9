using System.Collections.Concurrent;
using FaceAd.Core;

namespace FaceAd.Bench.Crash;

/// <summary>Facts that the players sent and the server acknowledged, kept by the driver alone. Thread-safe.</summary>
sealed class CrashLedger
{
    /// <summary>Every play sent, with its screen.</summary>
    public ConcurrentDictionary<Guid, (Guid Screen, PlayReport Report)> Plays { get; } = new();

    /// <summary>Plays in requests answered with 200.</summary>
    public ConcurrentDictionary<Guid, bool> AcknowledgedPlays { get; } = new();

    /// <summary>Every audience report sent, with its screen.</summary>
    public ConcurrentDictionary<(Guid Audience, int Sequence), (Guid Screen, AudienceReport Report)> Reports { get; } = new();

    /// <summary>Audience reports answered with 200.</summary>
    public ConcurrentDictionary<(Guid Audience, int Sequence), bool> AcknowledgedReports { get; } = new();

    /// <summary>Responses that no player should get.</summary>
    public ConcurrentBag<string> Faults { get; } = [];

    /// <summary>Number of facts acknowledged so far.</summary>
    public int Acknowledged => AcknowledgedPlays.Count + AcknowledgedReports.Count;
}
