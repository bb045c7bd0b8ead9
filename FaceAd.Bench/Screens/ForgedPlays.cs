using FaceAd.Bench.Crash;
using FaceAd.Core;
using FaceAd.Web.Campaigns;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Bench.Screens;

/// <summary>What became of forged plays.</summary>
/// <param name="Attempts">Number of attempts.</param>
/// <param name="Billed">Of each kind, how many count as plays of a campaign, by rows.</param>
/// <param name="Changed">Honest plays that an attempt has changed or removed.</param>
/// <param name="InTotals">Plays in the campaigns' totals beyond the honest ones.</param>
sealed record ForgedFigures(int Attempts, IReadOnlyList<(string Kind, int Billed)> Billed, int Changed, long InTotals)
{
    /// <summary>Attempts that were worth money.</summary>
    public long All => Math.Max(Billed.Sum(b => b.Billed) + Changed, InTotals);
}

/// <summary>Screens tell forged plays among honest ones over HTTP, and the figures are compared with the honest ones alone.</summary>
static class ForgedPlays
{
    private const int AtATime = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs the attempts.</summary>
    /// <param name="server">The server.</param>
    /// <param name="count">Number of attempts, shared out among the kinds.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static async Task<ForgedFigures> RunAsync(MeasuredServer server, int count, CancellationToken cancellation)
    {
        var ad = await CampaignAsync("Forged", CampaignState.Approved);
        var other = await CampaignAsync("Other", CampaignState.Approved);
        var rejected = await CampaignAsync("Rejected", CampaignState.Rejected);
        var deleted = await CampaignAsync("Deleted", CampaignState.Approved);
        await using (var db = CrashCheck.NewContext(server.Database))
        {
            await db.Campaigns.Where(c => c.Id == deleted.CampaignId)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.DeletedAt, TimeProvider.System.GetUtcNow()), cancellation);
        }
        var forgeries = new Forgeries(server, new PlayerKeys(), ad, other, rejected, deleted);
        var ofKind = forgeries.Kinds.Select((k, i) => (
            Kind: k, Count: (count / forgeries.Kinds.Count) + (i < count % forgeries.Kinds.Count ? 1 : 0)));
        var run = new Run(server, forgeries);
        foreach (var (kind, attempts) in ofKind) await run.TryAsync(kind, attempts, cancellation);
        await server.SettleAsync(cancellation);
        return await run.CountAsync(count, [.. new[] { ad, other, rejected, deleted }.Select(c => c.CampaignId!.Value)], cancellation);

        Task<Creative> CampaignAsync(string name, CampaignState state) =>
            server.AddCampaignAsync(name, [Segment.Kids], 10, state, cancellation);
    }

    private sealed class Run(MeasuredServer server, Forgeries forgeries)
    {
        private readonly Dictionary<Guid, PlayReport> _honest = [];
        private readonly Dictionary<Guid, string> _forged = [];
        private readonly List<Guid> _screens = [];

        // A screen's day has room for a few hundred attempts, which go in batches beside the honest plays of the same time.
        public async Task TryAsync(Forgery kind, int attempts, CancellationToken cancellation)
        {
            var room = (int)(TimeSpan.FromHours(20) / Forgeries.Slot);
            var screens = await ScreenRows.AddAsync(
                server.Database, kind.Name, 2 * Math.Max(2, (attempts + room - 1) / room), !kind.Unmeasured, cancellation, perSite: 2);
            if (kind.Connected) await ScreenRows.SetConnectedAsync(server.Database, screens, cancellation);
            _screens.AddRange(screens.Select(s => s.Id));
            await server.UntilKnownAsync(screens[^1], cancellation);
            var start = TimeProvider.System.GetUtcNow().AddHours(-21);
            var pairs = screens.Chunk(2).ToList();
            var ways = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation };
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
            await Parallel.ForEachAsync(pairs.Index(), ways, async (item, stop) =>
            {
                var (screen, neighbour) = (item.Item[0], item.Item[1]);
                var own = (attempts / pairs.Count) + (item.Index < attempts % pairs.Count ? 1 : 0);
                var slots = Enumerable.Range(0, own).Select(i => start + (i * Forgeries.Slot)).ToList();
                var stranger = pairs[(item.Index + 1) % pairs.Count][0];
                var honest = forgeries.Keys.Sign(screen.Id, slots.Select(at => Truly(forgeries.Honest(screen, at), kind)));
                var beside = forgeries.Keys.Sign(
                    neighbour.Id, slots.Select(at => Truly(forgeries.Honest(neighbour, at.AddSeconds(30)), kind)));
                var forged = slots.Select((at, i) => forgeries.Make(
                    kind, new Attempt(screen, neighbour, stranger, at, honest[i], beside[i], i % 2 == 1))).ToArray();
                lock (_honest)
                {
                    foreach (var play in honest.Concat(beside)) _honest.Add(play.PlayId, play);
                    foreach (var play in forged) _forged.TryAdd(play.PlayId, kind.Name);
                }
                await SendAsync(http, neighbour, beside, true, stop);
                await SendAsync(http, screen, honest, true, stop);
                await SendAsync(http, screen, forged, false, stop);
            });
        }

        public async Task<ForgedFigures> CountAsync(int count, Guid[] campaigns, CancellationToken cancellation)
        {
            await using var db = CrashCheck.NewContext(server.Database);
            var rows = await db.Plays.AsNoTracking().Where(p => _screens.Contains(p.ScreenId)).ToListAsync(cancellation);
            var billed = rows.Where(r => !_honest.ContainsKey(r.Id)).CountBy(r => _forged[r.Id]).ToDictionary();
            var same = rows.Count(r => _honest.TryGetValue(r.Id, out var told)
                && (told.CreativeId, told.DecisionId, told.Measured) == (r.CreativeId, r.DecisionId, r.Measured)
                && (told.StartedAt - r.StartedAt).Duration() < TimeSpan.FromMilliseconds(1)
                && (told.EndedAt - r.EndedAt).Duration() < TimeSpan.FromMilliseconds(1));
            var totals = await db.CampaignTotals.Where(t => campaigns.Contains(t.CampaignId)).SumAsync(t => t.Plays, cancellation);
            return new ForgedFigures(
                count, [.. forgeries.Kinds.Select(k => (k.Name, billed.GetValueOrDefault(k.Name)))], _honest.Count - same,
                totals - _honest.Count);
        }

        // Where nothing measures, an honest player says so.
        private static PlayReport Truly(PlayReport play, Forgery kind) => play with { Measured = !kind.Unmeasured };

        private async Task SendAsync(
            HttpClient http, BenchScreen screen, PlayReport[] plays, bool isHonest, CancellationToken stop)
        {
            foreach (var batch in plays.Chunk(PlayReport.MaxBatch))
            {
                var receipt = await PlayPost.UntilTakenAsync(http, server.Web.Address, screen.Token, batch, Patience, stop);
                if (isHonest && receipt.Accepted != batch.Length)
                    throw new InvalidOperationException($"Of {batch.Length} honest plays {receipt.Accepted} were accepted: {receipt}");
            }
        }
    }
}
