using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Decisions.Pacing;

/// <summary>
/// What each campaign has had, what is under way for it, and what it bids: v - theta. Theta is the price of its plan: up to v when it is
/// ahead of its target curve, down to -p when it is behind. It is the sum of all steps of dual descent so far, gain x v x
/// (delivered - planned) / goal, so that a restart, a lost report or another goal leaves nothing to unlearn, and nothing winds up.
/// Any number of threads.
/// </summary>
/// <param name="calendar">Its nights are when plans are made anew.</param>
/// <param name="table">The campaigns.</param>
public sealed class PacingBook(SiteCalendar calendar, CampaignTable table)
{
    /// <summary>
    /// Ahead by 1/300 of its goal, a campaign rests. Of 100, 300 and 1000, and of 2, 5 and 20, the best on seeds 101 to 103 of
    /// <c>./bench delivery</c>: 1000 follows the curve closer, and leaves a tenth of the contracts an impression short at their end.
    /// </summary>
    public const double Gain = 300;

    /// <summary>p: the most that a campaign which is behind bids beyond its price, by that price.</summary>
    public const double Penalty = 2;

    /// <summary>The most of its price that an open-ended campaign holds back: what nobody else wants is still its own.</summary>
    public const double Rest = 0.99;

    /// <summary>A goal of fewer impressions is steered like one of this many: single plays are no trend.</summary>
    public const double LeastGoal = 20;

    /// <summary>How long a play's report is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    /// <summary>The same, where it may never come here: of plays that were chosen, or are reported, elsewhere.</summary>
    public static readonly TimeSpan PatienceElsewhere = TimeSpan.FromMinutes(15);

    // Impressions of plays whose reports count in the yield before the first one came.
    private const double Prior = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, UnderWay> _underWay = [];
    private readonly List<Guid> _settled = [];
    private volatile Pages _pages = new(table, null);
    private DateOnly _plannedOn = DateOnly.MinValue;
    private (double Expected, double Brought) _plays = (Prior, Prior);

    /// <summary>The campaigns.</summary>
    public CampaignTable Table => _pages.Table;

    /// <summary>
    /// What plays brought beside what was expected of them: some riders leave at once, others come in while an ad plays. As many are
    /// reserved, so that reports which come late leave no campaign short, or beyond its goal.
    /// </summary>
    public double Yield => _pages.Yield;

    /// <summary>Table and bids, which belong together.</summary>
    internal Pages Current => _pages;

    /// <summary>
    /// Takes other terms. What a campaign has had is the larger of what was known and what its new terms say (other servers report, too).
    /// </summary>
    /// <param name="table">The campaigns.</param>
    /// <param name="now">The instant.</param>
    public void Take(CampaignTable table, DateTimeOffset now)
    {
        lock (_lock)
        {
            _pages = new Pages(table, _pages);
            Plan(anew: false, now);
        }
    }

    /// <summary>Moves plans on, and gives up what was not reported. To be called about once a second.</summary>
    /// <param name="now">The instant.</param>
    public void Refresh(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var (decision, play) in _underWay)
            {
                if (play.Until <= now) Release(decision, mayBeCounted: true);
            }
            var today = calendar.DayOf(now);
            var isNight = today != _plannedOn;
            _plannedOn = today;
            Plan(isNight, now);
        }
    }

    /// <summary>
    /// Reserves what a play is expected to bring, in the budget and in the plan at once, so that no other screen takes it meanwhile.
    /// </summary>
    /// <param name="decision">The decision.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="expected">Impressions on its target that are expected.</param>
    /// <param name="now">The instant.</param>
    /// <returns>False, and nothing happens, when another screen has taken what was left: decide again.</returns>
    public bool TryCommit(Guid decision, Guid campaign, double expected, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_underWay.ContainsKey(decision)) return true;
            if (Table.NumberOf(campaign) is not { } number || !_pages.CanPay(number, expected)) return false;
            Reserve(decision, number, expected, now + Patience);
            return true;
        }
    }

    /// <summary>Reserves what a play is expected to bring that was chosen elsewhere, or by another run of this program.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="expected">Impressions on its target that were expected.</param>
    /// <param name="now">The instant.</param>
    public void Resume(Guid decision, Guid campaign, double expected, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_underWay.ContainsKey(decision) || Table.NumberOf(campaign) is not { } number) return;
            Reserve(decision, number, expected, now + PatienceElsewhere);
            _pages.Slices?.Add(number, _underWay[decision].Reserved);
        }
    }

    /// <summary>
    /// Plays were reported and their impressions are stored: what was reserved for them is given back with the next <see cref="Count"/>.
    /// </summary>
    /// <param name="plays">
    /// Their decisions, of which unknown ones are ignored, and impressions on the target, by which the yield is learnt; null for a play
    /// that was not measured.
    /// </param>
    public void Settle(IEnumerable<(Guid Decision, double? Brought)> plays)
    {
        ArgumentNullException.ThrowIfNull(plays);
        lock (_lock)
        {
            foreach (var (decision, brought) in plays)
            {
                if (!_underWay.TryGetValue(decision, out var play) || play.IsSettled) continue;
                _underWay[decision] = play with { IsSettled = true };
                _settled.Add(decision);
                if (brought is not { } impressions) continue;
                _plays = (_plays.Expected + play.Expected, _plays.Brought + impressions);
                _pages.Yield = Math.Clamp(_plays.Brought / _plays.Expected, 0.5, 2);
            }
        }
    }

    /// <summary>A play will not happen: what was reserved for it is given back.</summary>
    /// <param name="decision">The decision.</param>
    public void GiveUp(Guid decision)
    {
        lock (_lock) Release(decision, mayBeCounted: false);
    }

    /// <summary>A play will be reported to another node: what was reserved for it is given back when it is counted for sure.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="now">The instant.</param>
    public void HandOver(Guid decision, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_underWay.TryGetValue(decision, out var play)) _underWay[decision] = play with { Until = now + PatienceElsewhere };
        }
    }

    /// <summary>Begins to count: plays that are settled by now are in what is read from now on.</summary>
    /// <returns>How many are settled.</returns>
    public int BeginCount()
    {
        lock (_lock) return _settled.Count;
    }

    /// <summary>What campaigns have had, as stored: it replaces what was known, and what was reserved for settled plays.</summary>
    /// <param name="campaigns">Campaigns with their impressions; others keep theirs.</param>
    /// <param name="settled">From <see cref="BeginCount"/> before the reading.</param>
    public void Count(IReadOnlyList<SnapshotCampaign> campaigns, int settled)
    {
        ArgumentNullException.ThrowIfNull(campaigns);
        lock (_lock)
        {
            foreach (var campaign in campaigns)
            {
                if (Table.NumberOf(campaign.Id) is { } number) _pages.Delivered[number] = campaign.TargetImpressions;
            }
            foreach (var decision in _settled[..settled]) Release(decision, mayBeCounted: true);
            _settled.RemoveRange(0, settled);
        }
    }

    /// <summary>No other node commits: this one may commit whatever is left.</summary>
    public void HoldAll()
    {
        lock (_lock) _pages.Slices = null;
    }

    /// <summary>From now on others commit, too: this node goes on within what it holds.</summary>
    /// <param name="holds">Whether it holds all that is left, until the next <see cref="Wish"/>; else only what is under way.</param>
    public void Share(bool holds)
    {
        lock (_lock)
        {
            var slices = new BudgetSlices(Table.Count);
            for (var number = 0; number < Table.Count; number++)
                slices.Add(number, holds && _pages.HasEnd(number) ? double.PositiveInfinity : _pages.Committed[number]);
            _pages.Slices = slices;
        }
    }

    /// <summary>
    /// What this node wants to hold of goals instead of what it holds. What is more than that is given back at once, so that others may
    /// take it as soon as they hear of it.
    /// </summary>
    /// <param name="nodes">Number of nodes.</param>
    /// <param name="all">Whether to tell, too, what stays as it is.</param>
    /// <returns>Those for <see cref="Grant"/>; empty while it holds everything.</returns>
    public IReadOnlyList<SliceWish> Wish(int nodes, bool all)
    {
        lock (_lock)
        {
            if (_pages.Slices is not { } slices) return [];
            List<SliceWish> wishes = [];
            for (var number = 0; number < Table.Count; number++)
            {
                if (!_pages.HasEnd(number)) continue;
                var left = Table[number].Goal - _pages.Taken(number);
                if (slices.Wish(Table[number], number, _pages.Committed[number], left, nodes, all) is { } wish) wishes.Add(wish);
            }
            return wishes;
        }
    }

    /// <summary>Takes what was granted.</summary>
    /// <param name="wishes">What was wished.</param>
    /// <param name="held">What this node holds then of each of these campaigns: no less than it held.</param>
    public void Grant(IReadOnlyList<SliceWish> wishes, IReadOnlyDictionary<Guid, double> held)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        ArgumentNullException.ThrowIfNull(held);
        lock (_lock)
        {
            foreach (var wish in wishes)
            {
                // What was committed or counted meanwhile is so still.
                if (Table.NumberOf(wish.Campaign) is { } number && held.TryGetValue(wish.Campaign, out var now))
                    _pages.Slices?.Grant(number, _pages.Committed[number], wish, now);
            }
        }
    }

    /// <summary>What a campaign bids for an impression now, KRW.</summary>
    /// <param name="number">Its number.</param>
    public double BidOf(int number) => _pages.Bids[number];

    /// <summary>Impressions that are left of a campaign's goal; infinite where it does not stop there.</summary>
    /// <param name="number">Its number.</param>
    public double LeftOf(int number) =>
        _pages.HasEnd(number) ? Math.Max(0, Table[number].Goal - _pages.Taken(number)) : double.PositiveInfinity;

    /// <summary>Impressions that a campaign has had, as stored.</summary>
    /// <param name="number">Its number.</param>
    public double DeliveredBy(int number) => _pages.Delivered[number];

    /// <summary>Impressions that a campaign has had, or that are under way by this book.</summary>
    /// <param name="number">Its number.</param>
    public double TakenBy(int number) => _pages.Taken(number);

    // What may be in the stored totals is no longer this node's to commit.
    private void Release(Guid decision, bool mayBeCounted)
    {
        if (!_underWay.Remove(decision, out var play) || Table.NumberOf(play.Campaign) is not { } number) return;
        if (mayBeCounted) _pages.Slices?.Add(number, -play.Reserved);
        _pages.Committed[number] = Math.Max(0, _pages.Committed[number] - play.Reserved);
        _pages.Bid(number);
    }

    private void Reserve(Guid decision, int number, double expected, DateTimeOffset until)
    {
        var reserved = expected * Yield;
        _underWay.Add(decision, new UnderWay(Table[number].Campaign.Id, expected, reserved, until));
        _pages.Committed[number] += reserved;
        _pages.Bid(number);
    }

    private readonly record struct UnderWay(Guid Campaign, double Expected, double Reserved, DateTimeOffset Until, bool IsSettled = false);

    private void Plan(bool anew, DateTimeOffset now)
    {
        var clock = calendar.ClockAt(now);
        for (var number = 0; number < Table.Count; number++) _pages.Plan(number, anew, clock);
        _pages.Tighten();
    }
}
