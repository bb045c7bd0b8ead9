namespace FaceAd.Player.Server;

/// <summary>
/// Reads the reply to the hub's negotiation within the limit of its request. The SignalR client reads it without any: half a reply would
/// hold it, and so the player, for ever. Nor does that client tell of a Retry-After.
/// </summary>
sealed class Negotiation(TimeProvider time) : DelegatingHandler
{
    const int MaxBytes = 64 * 1024;

    /// <summary>See <see cref="ServerClient.AskedToWait"/>, of the last reply.</summary>
    public TimeSpan? AskedToWait { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AskedToWait = null;
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            AskedToWait = ServerClient.AskedToWait(response, time);
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
