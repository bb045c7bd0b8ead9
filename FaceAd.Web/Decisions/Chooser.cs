using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Core.Decisions.Value;
using FaceAd.Web.Decisions.Budgets;
using FaceAd.Web.Screens;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Decisions;

/// <summary>A choice, and what it takes from its campaign.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Why">What was chosen, and why.</param>
/// <param name="Creative">The creative; null for the house loop.</param>
sealed record Choice(Guid Id, Explanation Why, SnapshotCreative? Creative);

/// <summary>
/// Chooses for a screen by the rule that is set. A choice by value reserves what it is expected to bring; whoever does not push it, or
/// pushes another before it begins, gives that back. Any number of threads; one at a time for one screen.
/// </summary>
sealed class Chooser(
    SnapshotReader snapshots, PacingKeeper pacing, BudgetLeases budgets, DecisionSeals seals, IOptions<DecisionOptions> options)
    : IDisposable
{
    private const int Tries = 3;
    private readonly CreativeTurns _turns = new();
    private readonly ThreadLocal<ValueDecider> _deciders = new(() => new ValueDecider());
    private readonly DecisionRule _rule = options.Value.Rule;

    /// <summary>Chooses.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="cabin">Who is in view.</param>
    /// <param name="memory">What the screen has shown.</param>
    /// <param name="now">The instant of the decision.</param>
    public Choice Choose(ScreenEntry screen, in Cabin cabin, ScreenMemory memory, DateTimeOffset now)
    {
        for (var attempt = 1; ; attempt++)
        {
            var why = _rule == DecisionRule.CostPerImpression ? Decider.Decide(snapshots.Current, cabin, now)
                : _deciders.Value!.Decide(pacing.Book, cabin, memory, now).ToExplanation(snapshots.Current, cabin, now);
            if (why.Winner is { } winner && attempt > Tries) // others took what was left of it, again and again
                why = why with { Winner = null, Creative = null, Expected = 0, Reason = DecisionReason.HeldBack };
            var creative = why.Winner is { } chosen ? CreativeOf(why, chosen.Campaign, screen.Id, memory, now) : null;
            var id = seals.Make(screen.Id, creative?.Id, why.At);
            if (creative is null || why.Expected <= 0 || budgets.TryCommit(id, why.Winner!.Value.Campaign.Id, why.Expected, now))
                return new Choice(id, why, creative);
        }
    }

    /// <summary>Takes note of what a screen shows.</summary>
    /// <param name="memory">What the screen has shown.</param>
    /// <param name="cabin">Who is in view.</param>
    /// <param name="choice">What it shows.</param>
    /// <param name="from">From when on.</param>
    public void Show(ScreenMemory memory, in Cabin cabin, Choice choice, DateTimeOffset from)
    {
        var table = pacing.Book.Table;
        var number = choice.Why.Winner is { } winner ? table.NumberOf(winner.Campaign.Id) : null;
        var house = snapshots.Current.HouseLoop;
        memory.Show(table, cabin, number, choice.Creative?.Seconds ?? (house.Count > 0 ? house[0].Seconds : 0), from);
    }

    /// <summary>A choice is not shown: gives back what it has reserved.</summary>
    public void GiveUp(Guid id) => pacing.Book.GiveUp(id);

    /// <summary>A choice that was shown will be reported to another node.</summary>
    public void HandOver(Guid id, DateTimeOffset now) => pacing.Book.HandOver(id, now);

    public void Dispose() => _deciders.Dispose();

    // Turns go by the newest sums, and so does an experiment that has begun or stopped since.
    private SnapshotCreative CreativeOf(Explanation why, SnapshotCampaign chosen, Guid screen, ScreenMemory memory, DateTimeOffset now)
    {
        if (why.Creative is { } next) return chosen.Creatives.First(c => c.Id == next);
        var campaign = snapshots.Find(chosen.Id) ?? chosen;
        return campaign.ExperimentId is { } experiment
            ? campaign.Creatives[Arms.OfCabin(
                experiment, campaign.Creatives.Count, campaign.Targets, why.Cabin.Riders, screen, now)]
            : _turns.Take(campaign, now, memory.LeftOut);
    }
}
