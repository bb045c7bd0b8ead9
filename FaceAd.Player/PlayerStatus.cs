using FaceAd.Core;

namespace FaceAd.Player;

/// <summary>How the player is, gathered for the heartbeat. Each value is written by one worker and read by the heartbeat.</summary>
internal sealed class PlayerStatus
{
    volatile CameraFacts _camera = new(CameraState.None, null);
    volatile PageFacts _page = new(null, false, "No page renders yet.");
    volatile CacheFacts _cache = new(0, null);
    volatile AnalysisFacts _analysis = new(InferenceMode.Server, null);
    volatile bool _audienceOpen;
    volatile bool _audienceUnknown;

    /// <summary>State of the camera and what is wrong with it.</summary>
    public CameraFacts Camera { get => _camera; set => _camera = value; }

    /// <summary>What the page does and what is wrong with it.</summary>
    public PageFacts Page { get => _page; set => _page = value; }

    /// <summary>What the cache holds and what is wrong with it.</summary>
    public CacheFacts Cache { get => _cache; set => _cache = value; }

    /// <summary>Where frames are analysed now and what is wrong with it.</summary>
    public AnalysisFacts Analysis { get => _analysis; set => _analysis = value; }

    /// <summary>Whether an audience is open at this screen by the word of whoever analyses the frames, or may be, because nobody can be asked.</summary>
    public bool AudienceOpen
    {
        get => _audienceOpen || _audienceUnknown;
        set => (_audienceOpen, _audienceUnknown) = (value, false);
    }

    /// <summary>Whether frames have shown an audience that was not seen to end.</summary>
    public bool AudienceSeen => _audienceOpen;

    /// <summary>Whoever analyses the frames cannot be asked.</summary>
    public void AudienceIsUnknown() => _audienceUnknown = true;

    /// <summary>What is wrong, most visible first; null when all is well.</summary>
    public string? Problem => _page.Problem ?? _camera.Problem ?? _analysis.Problem ?? _cache.Problem;

    internal sealed record CameraFacts(CameraState State, string? Problem);

    internal sealed record PageFacts(Guid? Showing, bool Rendering, string? Problem);

    internal sealed record CacheFacts(int Ready, string? Problem);

    internal sealed record AnalysisFacts(InferenceMode Mode, string? Problem);
}
