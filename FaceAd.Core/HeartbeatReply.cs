namespace FaceAd.Core;

/// <summary>Reply to a heartbeat.</summary>
/// <param name="ServerTime">The server's time when it replied.</param>
public sealed record HeartbeatReply(DateTimeOffset ServerTime);
