using FaceAd.Core;
using FaceAd.Web.Campaigns;

namespace FaceAd.Bench.Screens;

/// <summary>What became of honest plays.</summary>
/// <param name="Told">Distinct plays that were told.</param>
/// <param name="Accepted">Plays that were committed.</param>
/// <param name="Disputed">Plays that were disputed or refused.</param>
/// <param name="Rows">Rows of them.</param>
sealed record HonestFigures(int Told, int Accepted, int Disputed, long Rows);

/// <summary>
/// Many honest players tell their history of weeks over HTTP: late, in batches, some of it twice; and the server is killed amid it.
/// </summary>
static class HonestPlays
{
    private const int Players = 100;
    private const int AtATime = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs the histories.</summary>
    /// <param name="server">The server.</param>
    /// <param name="count">Plays of all players together.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static async Task<HonestFigures> RunAsync(MeasuredServer server, int count, CancellationToken cancellation)
    {
        var ad = await server.AddCampaignAsync("Honest", [Segment.Kids], 10, CampaignState.Approved, cancellation);
        var screens = await ScreenRows.AddAsync(server.Database, "Honest", Players, measures: true, cancellation);
        await server.UntilKnownAsync(screens[^1], cancellation);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var keys = new PlayerKeys();
        var (told, accepted, disputed) = (0, 0, 0);
        var started = TimeProvider.System.GetUtcNow();
        var ways = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation };
        var work = Parallel.ForEachAsync(screens.Index(), ways, async (item, stop) =>
        {
            var (index, screen) = item;
            var random = new Random(index + 1);
            // Plays of more than 35 days ago would be too old; none may be in the future.
            var player = new HonestPlayer(random, started.AddDays(-34));
            List<PlayReport> sent = [];
            for (var left = count / Players; left > 0;)
            {
                var plays = keys.Sign(screen.Id, player.Play(
                    Math.Min(left, random.Next(1, 40)), at => server.Decisions.Make(screen.Id, ad.Id, at), ad, server.House));
                if (player.Truth > started) throw new InvalidOperationException("The players' history reaches into the future.");
                left -= plays.Length;
                foreach (var batch in plays.Chunk(random.Next(1, PlayReport.MaxBatch)))
                {
                    // In one of four the answer to an earlier report was lost.
                    PlayReport[] again = sent.Count > 0 && random.Next(4) == 0 ? [sent[random.Next(sent.Count)]] : [];
                    sent.AddRange(batch);
                    var receipt = await PlayPost.UntilTakenAsync(
                        http, server.Web.Address, screen.Token, [.. batch, .. again], Patience, stop);
                    Interlocked.Add(ref told, batch.Length);
                    Interlocked.Add(ref accepted, receipt.Accepted);
                    Interlocked.Add(ref disputed, receipt.Disputed + receipt.Refused.Count);
                }
            }
        });
        while (!work.IsCompleted && Volatile.Read(ref told) < count / 2) await Task.Delay(50, cancellation);
        await server.Web.KillAsync();
        await server.Web.ReadyAsync(cancellation);
        await work;
        await using var command = server.Database.CreateCommand("SELECT count(*) FROM plays WHERE screen_id = ANY ($1)");
        command.Parameters.Add(new() { Value = screens.ConvertAll(s => s.Id).ToArray() });
        return new HonestFigures(told, accepted, disputed, (long)(await command.ExecuteScalarAsync(cancellation))!);
    }
}
