using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Frames;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>
/// When this node has lost a site, drops what it remembers of it and cuts its screens off. (The registers of persons go by themselves,
/// since they are good for one lease only.)
/// </summary>
sealed class SiteHandover(
    SiteOwnership ownership, ScreenDirectory screens, FrameWorker frames, LiveAudiences audiences, DecisionEngine decisions, ScreenConnections connections)
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

    private void Drop(Guid siteId)
    {
        frames.Drop(siteId);
        audiences.Drop(siteId);
        decisions.Drop(siteId);
        connections.Drop(id => screens.Find(id)?.SiteId == siteId);
    }
}
