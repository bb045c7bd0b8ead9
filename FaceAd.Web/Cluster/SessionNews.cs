using FaceAd.Web.Accounts.Sessions;

namespace FaceAd.Web.Cluster;

/// <summary>Has this node ask the database again about sessions that have ended on any node.</summary>
sealed class SessionNews(NewsListener news, SessionService sessions) : IHostedService
{
    private IDisposable? _hearing;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _hearing = news.Heard.Add(heard =>
        {
            if (heard.SessionsOf is not null || heard.IsMissed) sessions.Doubt(heard.SessionsOf);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _hearing?.Dispose();
        return Task.CompletedTask;
    }
}
