using System.Globalization;
using System.Text.Json;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Delivery.Guarantee;

/// <summary>A shortfall to date, and where it comes from.</summary>
/// <param name="Missing">Target impressions that were planned by now and are missing.</param>
/// <param name="Causes">The causes, the largest first.</param>
sealed record ExplainedShortfall(long Missing, IReadOnlyList<ShortfallCause> Causes);

/// <summary>
/// Explains the shortfalls of campaigns from rows that are there anyway: presences by hour, silences of screens, the audit log, the kept
/// forecast, and a sample of decisions. Costs by hours and screens, at most <see cref="MostScreens"/>, not by people.
/// </summary>
sealed class ShortfallReader
{
    /// <summary>The most screens that are looked at: a sample, by a fixed order.</summary>
    public const int MostScreens = 100;

    /// <summary>The most days that are looked at, the last ones: silences are kept for 40.</summary>
    public const int MostDays = 35;

    private const int DaysBefore = 28;
    private const int MostSampled = 10_000; // hours of screens, of which decisions are read
    private const int DecisionsOfAnHour = 3;
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(2);

    private static readonly int[] Verbs =
    [
        (int)AuditVerb.CampaignApproved, (int)AuditVerb.CampaignPaused, (int)AuditVerb.CampaignResumed, (int)AuditVerb.CampaignChanged,
        (int)AuditVerb.ChangeAccepted,
    ];

    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly ScreenDirectory _screens;
    private readonly TimeProvider _time;
    private readonly RecentAnswers<Guid, ExplainedShortfall?> _kept;

    public ShortfallReader(IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory screens, TimeProvider time)
    {
        (_contexts, _screens, _time) = (contexts, screens, time);
        _kept = new(id => ComputeAsync(id, CancellationToken.None), time);
    }

    /// <summary>The shortfall of a campaign, at most a minute old; null when there is none. The caller has checked that the user may see
    /// the campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<ExplainedShortfall?> ReadAsync(Guid campaign, CancellationToken cancellation = default) =>
        _kept.ReadAsync(campaign, cancellation);

    internal async Task<ExplainedShortfall?> ComputeAsync(Guid id, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        if (await db.Campaigns.AsNoTracking().Include(c => c.Total).SingleOrDefaultAsync(c => c.Id == id, cancellation) is not { } campaign)
            return null;
        var calendar = (await AccruedCost.CalendarsAsync(db, [id], cancellation))[id];
        var pacing = Pacing.Of(campaign, calendar, now, campaign.Total?.TargetImpressions ?? 0);
        if (pacing is not { Shortfall: not null, Planned: { } planned, Goal: { } goal } || planned - pacing.Delivered < 1) return null;
        var forecast = await db.Set<StoredForecast>().AsNoTracking().SingleOrDefaultAsync(f => f.CampaignId == id, cancellation);
        await db.Database.OpenConnectionAsync(cancellation);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var events = await connection.QueryAsync(
            "SELECT at, verb, details FROM audit_entries WHERE subject_id = $1 AND verb = ANY ($2) ORDER BY at, id", [id, Verbs],
            r => (At: r.GetFieldValue<DateTimeOffset>(0), Verb: (AuditVerb)r.GetInt32(1), Details: r.IsDBNull(2) ? null : r.GetString(2)),
            cancellation);
        var raised = events.Where(e => e.Verb is AuditVerb.CampaignChanged or AuditVerb.ChangeAccepted)
            .Select(e => (Goal: RaisedBy(campaign, goal, e.Details), Share: campaign.Plan.ElapsedShare(calendar, e.At)))
            .Where(r => r is { Goal: > 0, Share: > 0 }).ToList();
        var first = goal - raised.Sum(r => r.Goal);
        // A forecast of later on is one of the rest of the flight.
        var promised = forecast is { } f && f.At <= calendar.StartOf(campaign.StartsOn) ? f.Impressions : double.PositiveInfinity;
        var (knows, screens, sample) = await HoursAsync(connection, campaign, Times(events), now, cancellation);
        var stops = await DeliveryStop.ReadAsync(connection, id, sample, DecisionsOfAnHour, cancellation);
        var missing = planned - pacing.Delivered;
        return new ExplainedShortfall((long)missing, ShortfallCauses.Of(new ShortfallFacts
        {
            Missing = missing,
            Planned = planned,
            Raised = raised.Sum(r => r.Goal * r.Share),
            NotForecast = promised < first * (1 - Pacing.LeastShortfall) ? (first - promised) * pacing.Elapsed : 0,
            KnowsPeople = knows,
            Screens = screens,
            Stops = [.. stops.Select(s => (s.Gate, s.Times))],
        }));

        // Approved from when on, and paused from when to when.
        (DateTimeOffset Approved, List<(DateTimeOffset From, DateTimeOffset To)> Paused) Times(
            List<(DateTimeOffset At, AuditVerb Verb, string? Details)> of)
        {
            var approved = of.FirstOrDefault(e => e.Verb == AuditVerb.CampaignApproved).At; // the minimum when nothing says so
            List<(DateTimeOffset From, DateTimeOffset To)> paused = [];
            foreach (var (at, verb, _) in of)
            {
                if (verb == AuditVerb.CampaignPaused) paused.Add((at, now));
                else if (verb == AuditVerb.CampaignResumed && paused is [.., var last]) paused[^1] = last with { To = at };
            }
            return (approved, paused);
        }
    }

    // By how much a change of the budget raised the goal; only a price per thousand turns one into the other.
    private static double RaisedBy(Campaign campaign, long goal, string? details)
    {
        if (details is null || campaign.PricePerThousandKrw is not { } price) return 0;
        var told = JsonSerializer.Deserialize<Dictionary<string, string>>(details) ?? [];
        return told.GetValueOrDefault("budget")?.Split(CampaignTerms.Arrow) is [var before, var after]
            && long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            ? CampaignCost.Bought(to, price, goal) - CampaignCost.Bought(from, price, goal) : 0;
    }

    private async Task<(bool Knows, IReadOnlyList<IReadOnlyList<ScreenTime>> Screens,
        IReadOnlyList<(Guid Screen, DateTimeOffset From, DateTimeOffset To)> Sample)> HoursAsync(
        NpgsqlConnection connection, Campaign campaign,
        (DateTimeOffset Approved, List<(DateTimeOffset From, DateTimeOffset To)> Paused) times, DateTimeOffset now,
        CancellationToken cancellation)
    {
        List<ScreenEntry> its = [.. _screens.All.Where(s => Targeting.RunsAt(campaign.SiteIds, s.SiteId)).OrderBy(s => s.Id)
            .Take(MostScreens)];
        if (its.Count == 0) return (false, [], []);
        var last = its.Max(s => s.Calendar.DayOf(now));
        if (campaign.EndsOn < last) last = campaign.EndsOn;
        var first = campaign.StartsOn > last.AddDays(1 - MostDays) ? campaign.StartsOn : last.AddDays(1 - MostDays);
        var facts = await ScreenFacts.ReadAsync(
            connection, its, [.. campaign.Targets.Select(t => (int)t)], (first, last),
            (campaign.StartsOn.AddDays(-DaysBefore), campaign.StartsOn), now, Silent, cancellation);
        List<IReadOnlyList<ScreenTime>> screens = [];
        List<(Guid, DateTimeOffset, DateTimeOffset)> sample = [];
        foreach (var screen in its)
        {
            List<ScreenTime> hours = [];
            for (var day = first; day <= last; day = day.AddDays(1))
            {
                if (!campaign.Plan.Contains(day)) continue;
                var midnight = screen.Calendar.StartOf(day);
                for (var hour = 0; hour < 24; hour++)
                {
                    var (from, to) = (midnight.AddHours(hour), midnight.AddHours(hour + 1));
                    if (to > now) break;
                    if (!Dayparting.Wants(campaign.Days, campaign.Hours, day.ToDateTime(new TimeOnly(hour, 0)))) continue;
                    hours.Add(facts.Of(screen.Id, day, hour, from, to) with
                    {
                        Late = times.Approved > from ? Math.Min(1, (times.Approved - from) / (to - from)) : 0,
                        Paused = times.Paused.Sum(p => ScreenFacts.Share(p, from, to)),
                    });
                    sample.Add((screen.Id, from, to));
                }
            }
            screens.Add(hours);
        }
        var step = Math.Max(1, (sample.Count + MostSampled - 1) / MostSampled);
        return (facts.KnowsPeople, screens, [.. sample.Where((_, i) => i % step == 0)]);
    }
}
