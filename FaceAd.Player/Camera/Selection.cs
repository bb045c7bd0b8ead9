namespace FaceAd.Player.Camera;

/// <summary>What to do with a frame.</summary>
enum Selection
{
    /// <summary>Drop it: there is nothing to see. The cabin counts as watched.</summary>
    Idle,

    /// <summary>Drop it: not examined, not decodable, or not as sharp as the held one.</summary>
    Skip,

    /// <summary>Hold it: it is the sharpest of its window so far.</summary>
    Hold,

    /// <summary>Send it and drop the held one.</summary>
    Send,

    /// <summary>Send the held one and drop this one.</summary>
    SendHeld,
}
