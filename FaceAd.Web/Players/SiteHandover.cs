using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Frames;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>
/// Drops the cached state of sites that this node has lost, and disconnects their screens. (Person registers need no clean-up, since they
/// are tied to a lease.)
/// </summary>
sealed class SiteHandover(
    SiteOwnership ownership, ScreenDirectory screens, FrameWorker frames, LiveAudiences audiences, DecisionEngine decisions,
    ScreenConnections connections)
    : IHostedService
{
    private IDisposable? _watching;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = ownership.Lost.Add(Drop);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _watching?.Dispose();
        return Task.CompletedTask;
    }

    private void Drop(IReadOnlySet<Guid> sites)
    {
        frames.Drop(sites);
        audiences.Drop(sites);
        decisions.Drop(sites);
        connections.Drop(id => screens.Find(id) is { } screen && sites.Contains(screen.SiteId));
    }
}
