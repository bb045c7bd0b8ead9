using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Experiments;

/// <summary>Starts experiments, and stops them by hand.</summary>
sealed class ExperimentService(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock, ILogger<ExperimentService> log)
{
    /// <summary>Starts an experiment with all creatives of a campaign. It is counted from the next whole day on.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="terms">What it is to be.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <returns>The experiment or a problem; neither when there is no campaign that the user may change.</returns>
    public async Task<(Experiment? Experiment, ExperimentProblem? Problem)> StartAsync(
        Viewer viewer, Guid campaignId, ExperimentTerms terms, Guid? id = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await CampaignService.Locked(db, viewer, campaignId) is not { } campaign) return (null, null);
        var creatives = await CreativesAsync(db, campaignId);
        var now = clock.GetUtcNow();
        var today = (await AccruedCost.CalendarsAsync(db, [campaignId]))[campaignId].DayOf(now);
        var first = campaign.StartsOn > today ? campaign.StartsOn : today.AddDays(1);
        var running = await db.Set<Experiment>().AnyAsync(e => e.CampaignId == campaignId && e.EndedAt == null);
        if (Problem(campaign, terms, creatives, first, running) is { } problem) return (null, problem);
        var experiment = new Experiment
        {
            Id = id ?? Guid.CreateVersion7(),
            CampaignId = campaignId,
            Metric = terms.Metric,
            Smallest = terms.Smallest,
            CreativeIds = [.. creatives.Select(c => c.Id)],
            ControlId = terms.ControlId,
            WinnerTakesAll = terms.WinnerTakesAll,
            StartedAt = now,
            FirstDay = first,
            CountedTo = first.AddDays(-1),
        };
        db.Add(experiment);
        campaign.Version++; // what is shown changes
        db.Audit(
            viewer, now, AuditVerb.ExperimentStarted, AuditSubject.Campaign, campaignId, campaign.Name, ("metric", terms.Metric.ToString()),
            ("smallest", terms.Smallest.ToString(CultureInfo.InvariantCulture)),
            ("control", creatives.Single(c => c.Id == terms.ControlId).Name));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        log.LogInformation("Experiment {Experiment} of campaign {Campaign} started", experiment.Id, campaignId);
        return (experiment, null);
    }

    /// <summary>Why an experiment cannot be started; null when it can.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="terms">What it is to be; null when that is not asked yet.</param>
    /// <param name="creatives">The campaign's creatives.</param>
    /// <param name="first">The first day that would be counted.</param>
    /// <param name="running">Whether one is running.</param>
    public static ExperimentProblem? Problem(
        Campaign campaign, ExperimentTerms? terms, IReadOnlyCollection<Creative> creatives, DateOnly first, bool running) =>
        !CampaignSteps.IsBooked(campaign.State) || first > campaign.EndsOn ? ExperimentProblem.NotOnAir
        : running ? ExperimentProblem.Running
        : creatives.Count is < 2 or > Arms.Most ? ExperimentProblem.Creatives
        : campaign.Delivery.InSequence ? ExperimentProblem.InSequence
        : campaign.Targets.All(t => t == Segment.Kids) ? ExperimentProblem.OnlyChildren
        : terms is not null && (!Enum.IsDefined(terms.Metric) || creatives.All(c => c.Id != terms.ControlId)
            || terms.Smallest is not (>= ExperimentRule.LeastSmallest and <= ExperimentRule.MostSmallest)) ? ExperimentProblem.Terms
        : null;

    /// <summary>Stops an experiment by hand: the creatives take turns again by their weights.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="id">The experiment.</param>
    /// <returns>False when none of that identity is running that the user may stop.</returns>
    public async Task<bool> StopAsync(Viewer viewer, Guid campaignId, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await CampaignService.Locked(db, viewer, campaignId) is not { } campaign) return false;
        if (await RunningAsync(db, id) is not { } experiment || experiment.CampaignId != campaignId) return false;
        await StopAsync(db, viewer, campaign, experiment, new Verdict(ExperimentEnd.ByHand), clock.GetUtcNow());
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>The experiment that says which of a campaign's creatives plays; null when their weights do.</summary>
    /// <param name="campaign">The campaign, which the caller has checked that the user may see.</param>
    public async Task<Experiment?> DecidingAsync(Guid campaign)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var newest = await db.Set<Experiment>().AsNoTracking().Where(e => e.CampaignId == campaign).OrderBy(e => e.StartedAt)
            .LastOrDefaultAsync();
        return newest?.Decides((await CreativesAsync(db, campaign)).Select(c => c.Id)) == true ? newest : null;
    }

    /// <summary>An experiment that is running, locked; null when it is not. Its campaign is to be locked before.</summary>
    internal static Task<Experiment?> RunningAsync(FaceAdDbContext db, Guid id, CancellationToken cancellation = default) =>
        db.Set<Experiment>().FromSql($"SELECT * FROM experiments WHERE id = {id} AND ended_at IS NULL FOR UPDATE")
            .SingleOrDefaultAsync(cancellation);

    /// <summary>A campaign's creatives in the order of the arms.</summary>
    internal static Task<List<Creative>> CreativesAsync(FaceAdDbContext db, Guid campaign, CancellationToken cancellation = default) =>
        db.Creatives.AsNoTracking().Where(c => c.CampaignId == campaign).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id)
            .ToListAsync(cancellation);

    /// <summary>Stops an experiment in the open transaction, which has locked it: once, whichever node does it.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="viewer">Who stops it; null when it stops by itself.</param>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="verdict">Why.</param>
    /// <param name="now">The current time.</param>
    internal static async Task StopAsync(
        FaceAdDbContext db, Viewer? viewer, Campaign campaign, Experiment experiment, Verdict verdict, DateTimeOffset now)
    {
        (experiment.EndedAt, experiment.Reason) = (now, verdict.End);
        experiment.WinnerId = verdict.Winner is { } arm ? experiment.CreativeIds[arm] : null;
        campaign.Version++;
        var winner = await db.Creatives.IgnoreQueryFilters().Where(c => c.Id == experiment.WinnerId).Select(c => c.Name)
            .SingleOrDefaultAsync();
        var end = experiment.Reason!.Value.ToString();
        db.Audit(
            viewer, now, AuditVerb.ExperimentStopped, AuditSubject.Campaign, campaign.Id, campaign.Name, ("experimentEnd", end),
            ("winner", winner));
        await db.NotifyOrganisationAsync(
            campaign.OrganisationId, winner is null ? NotificationKind.ExperimentStopped : NotificationKind.ExperimentWon, campaign.Id,
            campaign.Name, winner ?? end, viewer, now);
        await db.SaveChangesAsync();
    }
}
