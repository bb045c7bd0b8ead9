using FaceAd.Core.Decisions.Experiments;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Delivery.Experiments;

/// <summary>What is known of one creative of an experiment.</summary>
/// <param name="Id">The creative, in the version that was compared.</param>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">Hash of its file.</param>
/// <param name="People">People counted, as the user may see them.</param>
/// <param name="Mean">Mean of their figures, 0..1; null below <see cref="ExperimentRule.LeastPeople"/>.</param>
/// <param name="OverControl">How much it is above the control; null for the control itself, and while either has too few people.</param>
public sealed record ArmResult(Guid Id, string Name, string Sha256, ShownFigure People, double? Mean, DifferenceInterval? OverControl);

/// <summary>An experiment with what it has found.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Arms">Its creatives.</param>
/// <param name="AsAssigned">
/// Share of the exposures of recognised people of the target that were to their own arm's creative; null without any.
/// </param>
/// <param name="DaysLeft">
/// Days until the smallest difference shows, at the rate of the last days; null when it has stopped or that cannot be told yet.
/// </param>
public sealed record ExperimentResult(
    Experiment Experiment, IReadOnlyList<ArmResult> Arms, double? AsAssigned, int? DaysLeft);

/// <summary>Reads the experiments of campaigns, from sums by day.</summary>
sealed class ExperimentReader(IDbContextFactory<FaceAdDbContext> contexts)
{
    private const int RateDays = 7;

    /// <summary>A campaign's experiments, newest first. The caller has checked that the user may see the campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="exact">Whether the user may see exact counts of people.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public async Task<IReadOnlyList<ExperimentResult>> ListAsync(Guid campaign, bool exact, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var experiments = await db.Set<Experiment>().AsNoTracking().Where(e => e.CampaignId == campaign)
            .Include(e => e.Days.OrderBy(d => d.Day)).OrderByDescending(e => e.StartedAt).ThenBy(e => e.Id).ToListAsync(cancellation);
        if (experiments.Count == 0) return [];
        Guid[] ids = [.. experiments.SelectMany(e => e.CreativeIds)];
        var creatives = await db.Creatives.IgnoreQueryFilters().AsNoTracking().Where(c => ids.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, c => (c.Name, c.Sha256), cancellation);
        return [.. experiments.Select(e => Of(e, creatives, exact))];
    }

    private static ExperimentResult Of(Experiment experiment, Dictionary<Guid, (string Name, string Sha256)> creatives, bool exact)
    {
        var (sums, rule) = (experiment.Sums(), experiment.Rule);
        var control = sums[Array.IndexOf(experiment.CreativeIds, experiment.ControlId)];
        var own = experiment.Days.Sum(d => d.Own);
        var all = own + experiment.Days.Sum(d => d.Other);
        return new ExperimentResult(
            experiment,
            [.. experiment.CreativeIds.Select((id, arm) => new ArmResult(
                id, creatives[id].Name, creatives[id].Sha256, SmallCounts.Persons((int)sums[arm].People, all, exact),
                sums[arm].People < ExperimentRule.LeastPeople ? null : sums[arm].Mean,
                id == experiment.ControlId ? null : rule.Between(sums[arm], control)))],
            all == 0 ? null : (double)own / all, DaysLeft(experiment, sums));
    }

    private static int? DaysLeft(Experiment experiment, IReadOnlyList<ArmSums> sums)
    {
        if (experiment.EndedAt is not null || sums.Any(s => s.People < ExperimentRule.LeastPeople)) return null;
        var before = experiment.Sums(experiment.CountedTo.AddDays(-RateDays));
        var days = Math.Min(RateDays, experiment.CountedTo.DayNumber - experiment.FirstDay.DayNumber + 1);
        var (fewest, rate) = (sums.Min(s => s.People), sums.Zip(before, (now, then) => (double)(now.People - then.People) / days).Min());
        var missing = experiment.Rule.PeopleNeeded(sums) - fewest;
        return missing <= 0 ? 0 : rate <= 0 ? null : (int)Math.Ceiling(missing / rate);
    }
}
