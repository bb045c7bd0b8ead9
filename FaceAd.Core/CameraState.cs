namespace FaceAd.Core;

/// <summary>The state of a screen's camera.</summary>
public enum CameraState
{
    /// <summary>No camera is configured.</summary>
    None = 0,

    /// <summary>Frames arrive.</summary>
    Running = 1,

    /// <summary>Measurement is switched off.</summary>
    Off = 2,

    /// <summary>Configured, but no frames arrive.</summary>
    Failed = 3,
}
