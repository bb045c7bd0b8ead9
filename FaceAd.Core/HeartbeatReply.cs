namespace FaceAd.Core;

/// <summary>Reply to a heartbeat.</summary>
/// <param name="ServerTime">The server's time when it replied.</param>
public sealed record HeartbeatReply(DateTimeOffset ServerTime)
{
    /// <summary>Whether another player with the same token was refused lately.</summary>
    public bool OtherRefused { get; init; }
}
