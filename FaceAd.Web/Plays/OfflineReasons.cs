using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Offline;
using FaceAd.Web.Decisions;

namespace FaceAd.Web.Plays;

/// <summary>
/// Adds to the decisions those that screens took by themselves while the server was away, as their plays are committed: so that the history
/// and the live page say why they ran.
/// </summary>
sealed class OfflineReasons(PlayIntake plays, DecisionWriter writer, DecisionFeed feed) : IHostedService
{
    private IDisposable? _watching;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = plays.Committed.Add(Take);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _watching?.Dispose();
        return Task.CompletedTask;
    }

    private void Take(IReadOnlyList<Play> fresh)
    {
        foreach (var play in fresh)
        {
            // Of an accepted play the seal is right.
            if (play.DecisionId is not { } id || OfflineSlice.In(id) is null) continue;
            var decision = new Decision
            {
                Id = play.Id, // one ticket stands for many plays
                ScreenId = play.ScreenId,
                At = play.StartedAt,
                Trigger = DecisionTrigger.ServerAway,
                Viewers = 0,
                Dominant = Segment.Unknown,
                Reason = DecisionReason.ServerAway,
                CampaignId = play.CampaignId,
                CreativeId = play.CreativeId,
                Candidates = 0,
            };
            writer.Write(decision);
            feed.Add(decision);
        }
    }
}
