using System.Collections.Concurrent;
using FaceAd.Core;

namespace FaceAd.Bench.Crash;

/// <summary>What the players sent and what the server acknowledged, kept by the driver and nowhere else. Thread-safe.</summary>
sealed class CrashLedger
{
    /// <summary>Every play sent, with its screen.</summary>
    public ConcurrentDictionary<Guid, (Guid Screen, PlayReport Report)> Plays { get; } = new();

    /// <summary>Plays of requests that were answered 200.</summary>
    public ConcurrentDictionary<Guid, bool> AcknowledgedPlays { get; } = new();

    /// <summary>Every audience report sent, with its screen.</summary>
    public ConcurrentDictionary<(Guid Audience, int Sequence), (Guid Screen, AudienceReport Report)> Reports { get; } = new();

    /// <summary>Audience reports that were answered 200.</summary>
    public ConcurrentDictionary<(Guid Audience, int Sequence), bool> AcknowledgedReports { get; } = new();

    /// <summary>Answers that no player should get.</summary>
    public ConcurrentBag<string> Faults { get; } = [];

    /// <summary>Facts acknowledged so far.</summary>
    public int Acknowledged => AcknowledgedPlays.Count + AcknowledgedReports.Count;
}
