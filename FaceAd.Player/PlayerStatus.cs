using System.Runtime.CompilerServices;
using FaceAd.Core;

namespace FaceAd.Player;

/// <summary>The player's status, collected for the heartbeat. Each value is written by one worker and read by the heartbeat.</summary>
sealed class PlayerStatus
{
    volatile CameraFacts _camera = new(CameraState.None, null);
    volatile PageFacts _page = new(null, false, "No page renders yet.");
    volatile CacheFacts _cache = new(0, null);
    volatile AnalysisFacts _analysis = new(InferenceMode.Server, null);
    volatile IReadOnlyList<Guid> _leftOut = [];
    volatile StrongBox<CameraHints> _hints = new();
    volatile bool _audienceOpen;
    volatile bool _audienceUnknown;

    /// <summary>State of the camera, and its problem if any.</summary>
    public CameraFacts Camera { get => _camera; set => _camera = value; }

    /// <summary>How the camera hangs, by the frames that are analysed here.</summary>
    public CameraHints CameraHints { get => _hints.Value; set => _hints = new(value); }

    /// <summary>State of the page, and its problem if any.</summary>
    public PageFacts Page { get => _page; set => _page = value; }

    /// <summary>State of the cache, and its problem if any.</summary>
    public CacheFacts Cache { get => _cache; set => _cache = value; }

    /// <summary>Creatives that fail on this screen and are left out.</summary>
    public IReadOnlyList<Guid> LeftOut { get => _leftOut; set => _leftOut = value; }

    /// <summary>Where frames are analysed now, and the problem there if any.</summary>
    public AnalysisFacts Analysis { get => _analysis; set => _analysis = value; }

    /// <summary>Whether an audience is open at this screen, or may be, because the analysing server is unreachable.</summary>
    public bool AudienceOpen
    {
        get => _audienceOpen || _audienceUnknown;
        set => (_audienceOpen, _audienceUnknown) = (value, false);
    }

    /// <summary>Whether frames have shown an audience that has not been seen to end.</summary>
    public bool AudienceSeen => _audienceOpen;

    /// <summary>Marks the audience as unknown, because the server that analyses the frames is unreachable.</summary>
    public void AudienceIsUnknown() => _audienceUnknown = true;

    /// <summary>The most visible problem; null when there is none.</summary>
    public string? Problem => _page.Problem ?? _camera.Problem ?? _analysis.Problem ?? _cache.Problem;

    internal sealed record CameraFacts(CameraState State, string? Problem);

    internal sealed record PageFacts(Guid? Showing, bool Rendering, string? Problem);

    internal sealed record CacheFacts(int Ready, string? Problem);

    internal sealed record AnalysisFacts(InferenceMode Mode, string? Problem);
}
