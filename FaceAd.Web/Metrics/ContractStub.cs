// STAND-IN: the shapes of the metrics and screens stages, so that the dashboard compiles and can be looked at.
// The stages themselves replace this whole file; nothing here is meant to stay.
#pragma warning disable CS1591
using FaceAd.Contracts;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using System.Security.Cryptography;

namespace FaceAd.Web.Metrics
{
    public sealed record MetricsWindow(DateOnly FirstDay, DateOnly LastDay, int Epoch);

    public sealed record CampaignMetrics
    {
        public required Guid CampaignId { get; init; }
        public required MetricsWindow Window { get; init; }
        public required DateTimeOffset ComputedAt { get; init; }
        public long Plays { get; init; }
        public long MeasuredPlays { get; init; }
        public double? Coverage { get; init; }
        public long Impressions { get; init; }
        public long TargetImpressions { get; init; }
        public int Universe { get; init; }
        public int Reached { get; init; }
        public long TargetPersonExposures { get; init; }
        public double? Reach { get; init; }
        public double? Frequency { get; init; }
        public double? Grp { get; init; }
        public double? OnTargetShare { get; init; }
        public decimal CostWon { get; init; }
        public double? CpmWon { get; init; }
        public double? TargetCpmWon { get; init; }
        public IReadOnlyList<int> FrequencyHistogram { get; init; } = [];
        public IReadOnlyList<SegmentMetrics> Segments { get; init; } = [];
        public IReadOnlyList<MetricsPoint> Timeline { get; init; } = [];
    }

    public sealed record SegmentMetrics(Segment Segment, bool Targeted, long Impressions, int Persons, int Universe, double? Reach, double? Frequency, double? CpmWon);

    public sealed record MetricsPoint(DateTimeOffset At, long Impressions, int ReachedSoFar, int Plays);

    public sealed record CampaignSummary(long Impressions, double? Reach, int Reached, double? Frequency, double? CpmWon, double? Coverage);

    public sealed class MetricsReader(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
    {
        public async Task<CampaignMetrics> ReadAsync(Guid campaignId, CancellationToken cancellation)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId, cancellation);
            var plays = await db.Plays.AsNoTracking().Where(p => p.CampaignId == campaignId).ToListAsync(cancellation);
            var exposures = await db.Exposures.AsNoTracking().Where(e => e.CampaignId == campaignId).OrderBy(e => e.At).ToListAsync(cancellation);
            var persons = await db.Persons.AsNoTracking().GroupBy(p => p.Segment).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellation);
            var target = exposures.Where(e => e.PersonId is not null && campaign.Targets.Contains(e.Segment)).ToList();
            var byPerson = target.GroupBy(e => e.PersonId!.Value).Select(g => g.Count()).ToList();
            var universe = campaign.Targets.Sum(t => persons.GetValueOrDefault(t));
            var now = clock.GetUtcNow();
            var days = campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1;
            var elapsed = Math.Clamp((DateOnly.FromDateTime(now.UtcDateTime).DayNumber - campaign.StartsOn.DayNumber + 0.5) / days, 0, 1);
            var cost = campaign.PriceModel == Campaigns.PriceModel.Flat
                ? (decimal)(campaign.BudgetWon * elapsed)
                : Math.Min(campaign.BudgetWon, (campaign.PricePerThousandWon ?? 0) * target.Count / 1000m);
            double? Cpm(long impressions) => impressions == 0 ? null : (double)cost / impressions * 1000;
            var seen = new HashSet<Guid>();
            var timeline = exposures.GroupBy(e => e.At.ToUnixTimeSeconds() / 3600).Select(g =>
            {
                foreach (var e in g.Where(e => e.PersonId is not null && campaign.Targets.Contains(e.Segment))) seen.Add(e.PersonId!.Value);
                var at = DateTimeOffset.FromUnixTimeSeconds(g.Key * 3600);
                return new MetricsPoint(at, g.LongCount(), seen.Count, plays.Count(p => p.StartedAt >= at && p.StartedAt < at.AddHours(1)));
            }).ToList();
            return new CampaignMetrics
            {
                CampaignId = campaignId,
                Window = new MetricsWindow(campaign.StartsOn, campaign.EndsOn, 0),
                ComputedAt = now,
                Plays = plays.Count,
                MeasuredPlays = plays.Count(p => p.Measured),
                Coverage = plays.Count == 0 ? null : plays.Count(p => p.Measured) / (double)plays.Count,
                Impressions = exposures.Count,
                TargetImpressions = exposures.Count(e => e.OnTarget),
                Universe = universe,
                Reached = byPerson.Count,
                TargetPersonExposures = target.Count,
                Reach = universe == 0 || campaign.Targets is [Segment.Kids] ? null : byPerson.Count / (double)universe,
                Frequency = byPerson.Count == 0 ? null : target.Count / (double)byPerson.Count,
                OnTargetShare = exposures.Count(e => e.Segment != Segment.Unknown) is > 0 and var known ? exposures.Count(e => e.OnTarget) / (double)known : null,
                CostWon = cost,
                CpmWon = Cpm(exposures.Count),
                TargetCpmWon = Cpm(exposures.Count(e => e.OnTarget)),
                FrequencyHistogram = [.. Enumerable.Range(1, 10).Select(n => byPerson.Count(f => n == 10 ? f >= 10 : f == n))],
                Segments = [.. SegmentProbabilities.Segments.Prepend(Segment.Unknown).Select(s =>
                {
                    var rows = exposures.Where(e => e.Segment == s).ToList();
                    var reached = rows.Where(e => e.PersonId is not null).Select(e => e.PersonId).Distinct().Count();
                    var all = persons.GetValueOrDefault(s);
                    double? reach = all == 0 || s is Segment.Kids or Segment.Unknown ? null : reached / (double)all;
                    return new SegmentMetrics(s, campaign.Targets.Contains(s), rows.Count, reached, all, reach, reached == 0 || s is Segment.Kids ? null : rows.Count(r => r.PersonId is not null) / (double)reached, Cpm(rows.Count));
                })],
                Timeline = timeline,
            };
        }

        public async Task<IReadOnlyDictionary<Guid, CampaignSummary>> ReadSummariesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
        {
            var all = new Dictionary<Guid, CampaignSummary>();
            foreach (var id in ids)
            {
                var m = await ReadAsync(id, cancellation);
                all[id] = new CampaignSummary(m.Impressions, m.Reach, m.Reached, m.Frequency, m.CpmWon, m.Coverage);
            }
            return all;
        }
    }

    public sealed class MetricsFeed(MetricsReader reader, TimeProvider clock)
    {
        public IDisposable Subscribe(Guid campaignId, Action<CampaignMetrics> changed) =>
            clock.CreateTimer(_ => _ = PushAsync(campaignId, changed), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        private async Task PushAsync(Guid campaignId, Action<CampaignMetrics> changed)
        {
            try
            {
                changed(await reader.ReadAsync(campaignId, CancellationToken.None));
            }
            catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException or Npgsql.NpgsqlException)
            {
                // The app is going down.
            }
        }
    }

    public sealed record ShowingStatus(bool Showing, string Code, DateTimeOffset? LastPlayAt);

    public sealed class ShowingReader(IDbContextFactory<FaceAdDbContext> contexts)
    {
        public async Task<ShowingStatus> WhyAsync(Guid campaignId)
        {
            await using var db = await contexts.CreateDbContextAsync();
            var c = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId);
            var last = await db.Plays.Where(p => p.CampaignId == campaignId).OrderByDescending(p => p.StartedAt).Select(p => (DateTimeOffset?)p.StartedAt).FirstOrDefaultAsync();
            return c.State switch
            {
                Campaigns.CampaignState.Approved when last is not null => new(true, "Showing", last),
                Campaigns.CampaignState.Approved => new(false, "WaitingForTargets", null),
                _ => new(false, c.State.ToString(), last),
            };
        }
    }

    public static class StandIn
    {
        public static IServiceCollection AddStandIn(this IServiceCollection services) => services
            .AddSingleton<MetricsReader>().AddSingleton<MetricsFeed>().AddSingleton<ShowingReader>()
            .AddSingleton<Players.ScreenBoard>().AddSingleton<ScreenRegistry>();
    }
}

namespace FaceAd.Web.Players
{
    public sealed record ScreenNow(
        Guid ScreenId, string Name, string SiteName, bool Connected, DateTimeOffset? LastSeenAt, CameraState Camera, string? Problem,
        Guid? ShowingCreativeId, string? ShowingName, string? ShowingSha256, int Viewers, IReadOnlyList<Segment> Segments, InferenceMode Mode, int OutboxPending);

    public sealed class ScreenBoard(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
    {
        public IReadOnlyList<ScreenNow> Now()
        {
            using var db = contexts.CreateDbContext();
            var films = db.Creatives.AsNoTracking().ToDictionary(c => c.Id);
            return [.. db.Screens.AsNoTracking().Include(s => s.Site).Where(s => s.RevokedAt == null).OrderBy(s => s.Name).AsEnumerable().Select(s =>
            {
                var film = s.ShowingCreativeId is { } id ? films.GetValueOrDefault(id) : null;
                var connected = s.LastSeenAt > clock.GetUtcNow().AddSeconds(-30);
                return new ScreenNow(s.Id, s.Name, s.Site!.Name, connected, s.LastSeenAt, s.Camera, s.Problem, film?.Id, film?.Name, film?.Sha256,
                    connected ? 2 : 0, connected ? [Segment.Women2030, Segment.Silver] : [], s.Mode, 0);
            })];
        }

        public IDisposable Subscribe(Action changed) => clock.CreateTimer(_ => changed(), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
    }
}

namespace FaceAd.Web.Screens
{
    public sealed class ScreenRegistry(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
    {
        public async Task<(Screen Screen, string Token)> RegisterAsync(Guid siteId, string name, InferenceMode mode)
        {
            await using var db = await contexts.CreateDbContextAsync();
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            var screen = new Screen { SiteId = siteId, Name = name, Mode = mode, TokenHash = SHA256.HashData(Convert.FromHexString(token)), CreatedAt = clock.GetUtcNow() };
            db.Screens.Add(screen);
            await db.SaveChangesAsync();
            return (screen, token);
        }

        public async Task RevokeAsync(Guid screenId)
        {
            await using var db = await contexts.CreateDbContextAsync();
            await db.Screens.Where(s => s.Id == screenId).ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, clock.GetUtcNow()));
        }

        public async Task<string> RenewTokenAsync(Guid screenId)
        {
            await using var db = await contexts.CreateDbContextAsync();
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            var hash = SHA256.HashData(Convert.FromHexString(token));
            await db.Screens.Where(s => s.Id == screenId).ExecuteUpdateAsync(s => s.SetProperty(x => x.TokenHash, hash).SetProperty(x => x.RevokedAt, (DateTimeOffset?)null));
            return token;
        }
    }
}
