using System.Globalization;
using System.Text.Json;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Delivery.Guarantee;

/// <summary>Why a campaign gets no flight to make good, or keeps it.</summary>
enum MakeGoodRefusal
{
    /// <summary>There is no such campaign, or the user may not.</summary>
    Gone = 0,

    /// <summary>It has no goal, or reaches it.</summary>
    NotMissed = 1,

    /// <summary>It is paused: the flight would bring nothing.</summary>
    Paused = 2,

    /// <summary>It ended too long ago.</summary>
    TooLate = 3,

    /// <summary>The days are not all after today and after its last one, or too many.</summary>
    Days = 4,

    /// <summary>It has such a flight that has not begun.</summary>
    Pending = 5,

    /// <summary>The flight has begun, or the campaign's days were changed since.</summary>
    Begun = 6,
}

/// <summary>What a flight to make good is likely to bring.</summary>
/// <param name="Missing">Target impressions that are missing without it.</param>
/// <param name="Forecast">The campaign with it.</param>
/// <param name="CreditKrw">The credit that will be left of a flat price, whole KRW; null at a price per thousand.</param>
sealed record MakeGoodPreview(long Missing, Forecast Forecast, Estimate? CreditKrw);

/// <summary>
/// Flights at no cost for campaigns that miss their goals: the media owner's choice instead of a credit. What such a flight brings counts
/// towards the goal, and nothing is charged beyond what was booked. Definition: docs/metrics.md, "Guarantee".
/// </summary>
sealed class MakeGoods(IDbContextFactory<FaceAdDbContext> contexts, ForecastReader forecasts, TimeProvider time)
{
    /// <summary>The longest such flight, in days.</summary>
    public const int MostDays = 60;

    /// <summary>How long after its end a campaign may get one, in days: as long as settlements look back.</summary>
    public const int DaysAfter = Settlements.DaysBack;

    private const double Sure = 0.8;
    private const double CertainlyMissed = 0.05;

    /// <summary>
    /// Whether a campaign may get a flight: it missed its goal, or is going to for certain.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="pacing">Its pacing.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<bool> IsOpenAsync(Campaign campaign, Pacing pacing, DateOnly today, CancellationToken cancellation = default) =>
        Refusal(campaign, pacing, today) is null
        && (pacing.Elapsed >= 1
            || (await ForecasterAsync(campaign, pacing, campaign.Plan, cancellation)).Make().Certainty is < CertainlyMissed);

    /// <summary>What a flight is likely to bring.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="pacing">Its pacing.</param>
    /// <param name="flight">The flight, after the campaign's last day.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<MakeGoodPreview> PreviewAsync(
        Campaign campaign, Pacing pacing, Flight flight, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        ArgumentNullException.ThrowIfNull(pacing);
        var forecast = (await ForecasterAsync(campaign, pacing, With(campaign, flight), cancellation)).Make();
        var goal = pacing.Goal ?? 0;
        return new MakeGoodPreview(
            pacing.Shortfall ?? 0, forecast, campaign.PriceModel != PriceModel.Flat || goal < 1 ? null
                : forecast.Impressions.Map(n => CampaignCost.Credit(campaign.BudgetKrw, goal, (long)n)));
    }

    /// <summary>The fewest days from a day on that reach the goal with a probability of 80 %; as many as there may be if none do.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="pacing">Its pacing.</param>
    /// <param name="first">The first of the days.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<int> DaysNeededAsync(Campaign campaign, Pacing pacing, DateOnly first, CancellationToken cancellation = default)
    {
        var (few, enough) = (0, MostDays);
        while (enough - few > 1)
        {
            var middle = (few + enough) / 2;
            var flight = new Flight(first, first.AddDays(middle - 1));
            var forecaster = await ForecasterAsync(campaign, pacing, With(campaign, flight), cancellation);
            if (forecaster.Make().Certainty >= Sure) enough = middle;
            else few = middle;
        }
        return enough;
    }

    /// <summary>Adds the flight.</summary>
    /// <param name="viewer">An administrator.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="flight">The flight.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <returns>Why not; null when it was added.</returns>
    public async Task<MakeGoodRefusal?> MakeAsync(Viewer viewer, Guid id, Flight flight, DateOnly today)
    {
        if (!viewer.IsMediaOwner) return MakeGoodRefusal.Gone;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await LockedAsync(db, viewer, id) is not { } campaign) return MakeGoodRefusal.Gone;
        var now = time.GetUtcNow();
        var calendar = (await AccruedCost.CalendarsAsync(db, [id]))[id];
        var pacing = Pacing.Of(campaign, calendar, now, campaign.Total?.TargetImpressions ?? 0);
        if (Refusal(campaign, pacing, today) is { } refusal) return refusal;
        if (!Fits(campaign, flight, today)) return MakeGoodRefusal.Days;
        var key = Settlements.KeyOf(campaign);
        var settled = await db.AuditEntries.Where(e => e.OnceKey == key).Select(e => e.Details).SingleOrDefaultAsync();
        AccruedCost.Keep(campaign, AccruedCost.Of(campaign, calendar, now), now);
        campaign.MakeGoods =
            [.. campaign.MakeGoods ?? [], new MakeGood(now, flight.StartsOn, flight.EndsOn, campaign.EndsOn, CreditOf(settled))];
        campaign.Plan = With(campaign, flight);
        campaign.Version++;
        db.Audit(viewer, now, AuditVerb.CampaignMadeGood, AuditSubject.Campaign, id, campaign.Name,
            ("flights", Days(flight)), ("missing", Number(pacing.Shortfall!.Value)));
        await db.NotifyOrganisationAsync(
            campaign.OrganisationId, NotificationKind.CampaignMadeGood, id, campaign.Name, Days(flight), viewer, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return null;
    }

    /// <summary>Takes the last flight back, if it has not begun.</summary>
    /// <param name="viewer">An administrator.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <returns>Why not; null when it was taken back.</returns>
    public async Task<MakeGoodRefusal?> UndoAsync(Viewer viewer, Guid id, DateOnly today)
    {
        if (!viewer.IsMediaOwner) return MakeGoodRefusal.Gone;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await LockedAsync(db, viewer, id) is not { } campaign) return MakeGoodRefusal.Gone;
        if (Pending(campaign, today) is not { } last) return MakeGoodRefusal.Begun;
        var now = time.GetUtcNow();
        var calendar = (await AccruedCost.CalendarsAsync(db, [id]))[id];
        AccruedCost.Keep(campaign, AccruedCost.Of(campaign, calendar, now), now);
        campaign.MakeGoods = campaign.MakeGoods is { Length: > 1 } flights ? flights[..^1] : null;
        campaign.Plan = campaign.Plan.Until(last.EndedOn);
        campaign.Version++;
        var flight = new Flight(last.StartsOn, last.EndsOn);
        db.Audit(viewer, now, AuditVerb.MakeGoodUndone, AuditSubject.Campaign, id, campaign.Name, ("flights", Days(flight)));
        await db.NotifyOrganisationAsync(
            campaign.OrganisationId, NotificationKind.MakeGoodUndone, id, campaign.Name, Days(flight), viewer, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return null;
    }

    /// <summary>The flight that may still be taken back; null when there is none.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="today">Today, in the pages' time zone; at a site it may be tomorrow.</param>
    public static MakeGood? Pending(Campaign campaign, DateOnly today) =>
        campaign.MakeGoods is [.., var last] && last.StartsOn > today && campaign.EndsOn == last.EndsOn ? last : null;

    private static MakeGoodRefusal? Refusal(Campaign campaign, Pacing pacing, DateOnly today) =>
        !CampaignSteps.IsBooked(campaign.State) || pacing.Shortfall is null ? MakeGoodRefusal.NotMissed
        : campaign.State == CampaignState.Paused ? MakeGoodRefusal.Paused
        : Pending(campaign, today) is not null ? MakeGoodRefusal.Pending
        : campaign.EndsOn.AddDays(DaysAfter) < today ? MakeGoodRefusal.TooLate
        : null;

    /// <summary>The first day that a flight may have.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public static DateOnly FirstDay(Campaign campaign, DateOnly today) => (campaign.EndsOn > today ? campaign.EndsOn : today).AddDays(1);

    /// <summary>Whether a campaign may have a flight on some days.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="flight">The days.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public static bool Fits(Campaign campaign, Flight flight, DateOnly today) =>
        flight.StartsOn >= FirstDay(campaign, today) && flight.Days is >= 1 and <= MostDays
        && campaign.Plan.Flights.Count < FlightPlan.MostFlights
        && flight.EndsOn.DayNumber - campaign.StartsOn.DayNumber < CampaignDraft.MaxDays;

    private static FlightPlan With(Campaign campaign, Flight flight) => FlightPlan.Of([.. campaign.Plan.Flights, flight]);

    private Task<Forecaster> ForecasterAsync(Campaign campaign, Pacing pacing, FlightPlan plan, CancellationToken cancellation) =>
        forecasts.ReadAsync(
            SnapshotCampaigns.Of(campaign) with
            {
                StartsOn = plan.StartsOn,
                EndsOn = plan.EndsOn,
                Flights = plan.Parts,
                TargetImpressions = pacing.Delivered,
            },
            cancellation);

    private static async Task<Campaign?> LockedAsync(FaceAdDbContext db, Viewer viewer, Guid id)
    {
        var campaign = await CampaignService.Locked(db, viewer, id);
        if (campaign is not null) await db.Entry(campaign).Reference(c => c.Total).LoadAsync();
        return campaign;
    }

    private static long? CreditOf(string? details) =>
        details is not null && JsonSerializer.Deserialize<Dictionary<string, string>>(details)?.GetValueOrDefault("credit") is { } credit
        && long.TryParse(credit, NumberStyles.None, CultureInfo.InvariantCulture, out var krw) ? krw : null;

    private static string Days(Flight flight) => $"{flight.StartsOn.Iso()}–{flight.EndsOn.Iso()}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
