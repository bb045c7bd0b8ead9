using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FaceAd.Web.Delivery;

/// <summary>Whether a campaign is showing, and if not, why.</summary>
/// <param name="Showing">Whether it was on a screen within the last two minutes.</param>
/// <param name="Code">
/// Draft, Submitted, Rejected, Paused, NoCreative, NoScreens, NotStarted, Ended, BudgetSpent, BetweenFlights, OutsideHours, Showing,
/// ScreensOffline, AheadOfPlan, Outbid, HeldBack or WaitingForTargets.
/// </param>
/// <param name="LastPlayAt">Start of its latest play; null before the first.</param>
public sealed record DeliveryStatus(bool Showing, string Code, DateTimeOffset? LastPlayAt)
{
    /// <summary>The numbers behind the answer; null while it cannot run anyway.</summary>
    public DeliveryFacts? Facts { get; init; }

    /// <summary>
    /// The next hour it is scheduled for, on the clock of its first site; null when it is scheduled now, or no hour is left.
    /// </summary>
    public DateTime? NextHour { get; init; }
}

/// <summary>A campaign's share of the decisions in the last hour, and its plays today.</summary>
/// <param name="Screens">Its screens.</param>
/// <param name="Connected">How many of them are connected.</param>
/// <param name="Asked">How many screens' decisions were examined, at most <see cref="DeliveryStatusReader.MostScreens"/>, connected ones
/// first.</param>
/// <param name="Decisions">Decisions there in the last hour whose dominant segment it targets.</param>
/// <param name="Wins">How many of them it won.</param>
/// <param name="LostTo">The campaign that won most of the rest; null when none did.</param>
/// <param name="PlaysToday">Its plays today.</param>
/// <param name="ImpressionsToday">Its impressions today.</param>
/// <param name="CostPerImpressionKrw">Its budget accrued to date / impressions to date,
/// KRW; null without impressions, when it takes precedence.</param>
public sealed record DeliveryFacts(
    int Screens, int Connected, int Asked, long Decisions, long Wins, DeliveryRival? LostTo, long PlaysToday, long ImpressionsToday,
    double? CostPerImpressionKrw)
{
    /// <summary>
    /// By value: what kept it from being chosen in the last hour, by how often; among the choices in which it was worth most.
    /// </summary>
    public IReadOnlyList<DeliveryStop> Stops { get; init; } = [];
}

/// <summary>A campaign that was chosen instead.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="OrganisationId">Its advertiser.</param>
/// <param name="Name">Its name.</param>
/// <param name="Times">Decisions it won.</param>
/// <param name="KrwPerImpression">Its budget accrued / impressions, KRW, averaged over those decisions; null when it had no impressions and
/// took precedence for that.</param>
public sealed record DeliveryRival(Guid CampaignId, Guid OrganisationId, string Name, long Times, double? KrwPerImpression)
{
    /// <summary>By value: what it was worth in those decisions, on average, KRW; null by the other rule.</summary>
    public double? WorthKrw { get; init; }
}

/// <summary>Answers "Why is this not showing?" from the campaign's rows, the connected screens and the recorded decisions.</summary>
sealed class DeliveryStatusReader(
    IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, ScreenDirectory screens, ScreenStates states,
    PacingKeeper pacing, IOptions<DecisionOptions> options, TimeProvider time)
{
    /// <summary>The most screens whose decisions are examined, so that a large network costs no more than a small one.</summary>
    public const int MostScreens = 50;

    private const int DecisionsOfAScreen = 200;
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookedBack = TimeSpan.FromHours(1);

    /// <summary>Why a campaign is, or is not, showing.</summary>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<DeliveryStatus> WhyAsync(Guid campaignId)
    {
        Campaign campaign;
        await using (var db = await contexts.CreateDbContextAsync())
        {
            campaign = await db.Campaigns.AsNoTracking().Include(c => c.Total).Include(c => c.Creatives)
                .SingleOrDefaultAsync(c => c.Id == campaignId)
                ?? throw new KeyNotFoundException($"There is no campaign {campaignId}.");
        }
        var now = time.GetUtcNow();
        var lastPlay = campaign.Total?.LastPlayAt;
        List<ScreenEntry> its = [.. screens.All.Where(s => Targeting.RunsAt(campaign.SiteIds, s.SiteId))];
        var code = ByItself(campaign, its, now);
        var next = code is "OutsideHours" or "BetweenFlights"
            ? Dayparting.Next(campaign.Days, campaign.Hours, campaign.Plan, its[0].Calendar.ClockAt(now)) : null;
        if (code is not (null or "OutsideHours" or "BudgetSpent")) return new DeliveryStatus(false, code, lastPlay) { NextHour = next };
        var (facts, lostLately) = await ReadFactsAsync(campaign, its, now);
        if (code is null && lastPlay is { } last && now - last < Recent) return new DeliveryStatus(true, "Showing", last) { Facts = facts };
        code ??= facts.Connected == 0 ? "ScreensOffline"
            : options.Value.Rule == DecisionRule.Value && pacing.IsResting(campaignId) ? "AheadOfPlan" : lostLately ? "Outbid" : HeldBackLately(facts, now) ?? "WaitingForTargets";
        return new DeliveryStatus(false, code, lastPlay) { Facts = facts, NextHour = next };
    }

    // What keeps it from running everywhere; where its sites differ, the gate that the furthest of them has reached.
    private static string? ByItself(Campaign campaign, List<ScreenEntry> its, DateTimeOffset now)
    {
        var gate = Eligibility.Anywhere(campaign.Terms, its.Select(s => s.Calendar.ClockAt(now)).Distinct());
        if (campaign.State == CampaignState.Paused && gate == Gate.Ended) return "Ended";
        if (campaign.State != CampaignState.Approved) return campaign.State.ToString();
        if (campaign.Creatives.Count == 0) return "NoCreative";
        if (its.Count == 0) return "NoScreens";
        return gate switch
        {
            Gate.None => null,
            Gate.Budget => "BudgetSpent",
            Gate.Hours => "OutsideHours",
            _ => gate.ToString(),
        };
    }

    private static string? HeldBackLately(DeliveryFacts facts, DateTimeOffset now) =>
        facts.Stops.Where(s => now - s.LastAt < Lately).MaxBy(s => s.LastAt) is not { } last ? null
        : last.Gate == Gate.Outbid ? "Outbid" : "HeldBack";

    // Whether its segments were recently in front of its screens and another campaign was chosen, or they did not appear.
    private async Task<(DeliveryFacts Facts, bool LostLately)> ReadFactsAsync(
        Campaign campaign, List<ScreenEntry> its, DateTimeOffset now)
    {
        Guid[] asked = [.. its.OrderByDescending(s => states.Find(s).Connected).ThenBy(s => s.Id).Take(MostScreens).Select(s => s.Id)];
        var calendar = its[0].Calendar;
        await using var connection = await database.OpenConnectionAsync();
        var winners = await connection.QueryAsync("""
            SELECT d.campaign_id, count(*), avg(d.cost_per_impression_krw), max(d.at), avg(d.score_krw)
            FROM unnest($1::uuid[]) AS s (id)
            CROSS JOIN LATERAL (SELECT * FROM decisions x WHERE x.screen_id = s.id AND x.at > $2 ORDER BY x.at DESC LIMIT $4) d
            WHERE d.dominant = ANY ($3) GROUP BY 1
            """, [asked, (now - LookedBack).UtcDateTime, campaign.Targets.Select(t => (int)t).ToArray(), DecisionsOfAScreen],
            r => (
                Id: r.IsDBNull(0) ? (Guid?)null : r.GetGuid(0),
                Times: r.GetInt64(1),
                Krw: r.IsDBNull(2) ? (double?)null : r.GetDouble(2),
                At: r.GetFieldValue<DateTimeOffset>(3),
                Worth: r.IsDBNull(4) ? (double?)null : r.GetDouble(4)),
            CancellationToken.None);
        var stops = await DeliveryStop.ReadAsync(
            connection, campaign.Id, [.. asked.Select(s => (s, now - LookedBack, now))], DecisionsOfAScreen, CancellationToken.None);
        var (plays, impressions) = (await connection.QueryAsync("""
            SELECT COALESCE((SELECT sum(plays) FROM play_hours WHERE campaign_id = $1 AND day = $2), 0)::bigint,
                   COALESCE((SELECT sum(impressions) FROM exposure_hours WHERE campaign_id = $1 AND day = $2), 0)::bigint
            """, [campaign.Id, calendar.DayOf(now)], r => (r.GetInt64(0), r.GetInt64(1)), CancellationToken.None))[0];
        List<(Guid? Id, long Times, double? Krw, DateTimeOffset At, double? Worth)> others =
            [.. winners.Where(w => w.Id is not null && w.Id != campaign.Id).OrderByDescending(w => w.Times).ThenBy(w => w.Id)];
        DeliveryRival? rival = null;
        if (others is [{ Id: { } first } winner, ..])
        {
            // On the same connection: who waits for a second one holds up whoever waits for the first.
            rival = (await connection.QueryAsync("SELECT organisation_id, name FROM campaigns WHERE id = $1", [first],
                r => new DeliveryRival(first, r.GetGuid(0), r.GetString(1), winner.Times, winner.Krw) { WorthKrw = winner.Worth },
                CancellationToken.None))
                .SingleOrDefault();
        }
        var seen = campaign.Total?.Impressions ?? 0;
        var own = campaign.Terms.CostPerImpression(seen, calendar, now);
        return (
            new DeliveryFacts(
                its.Count, its.Count(s => states.Find(s).Connected), asked.Length, winners.Sum(w => w.Times),
                winners.Where(w => w.Id == campaign.Id).Sum(w => w.Times), rival, plays, impressions, own)
            {
                Stops = stops,
            },
            others.Any(o => now - o.At < Lately));
    }
}
