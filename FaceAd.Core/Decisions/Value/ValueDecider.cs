using System.Numerics;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Core.Decisions.Value;

/// <summary>
/// Chooses by value: expected impressions on its target times what each is worth to it now, n (v - theta), the best above a floor.
/// Gates in a fixed order: flights, days and hours, sites; creative in the cache; children; confidence; separation; frequency cap; budget.
/// A share of voice that is due comes first. No clock and no chance; it keeps memory from one decision to the next, and allocates
/// none in between. One decision at a time.
/// </summary>
/// <param name="floorKrw">What a play of the house loop is worth.</param>
public sealed class ValueDecider(double floorKrw = 0)
{
    /// <summary>
    /// Expected impressions from which on an ad is for who is in view. With fewer the house loop plays: a play before anybody else helps
    /// nobody, however much it is worth by the digits of an estimate.
    /// </summary>
    public const double LeastAudience = 0.25;

    // Sums of the same probabilities in another order may differ in their last digits.
    private const double Slack = 1 + 1e-12;

    private readonly CabinView _view = new();

    /// <summary>Chooses. Recognition that comes later makes another cabin, and may be decided for again.</summary>
    /// <param name="book">The campaigns and what they bid.</param>
    /// <param name="cabin">Who is in view.</param>
    /// <param name="screen">What the screen has shown.</param>
    /// <param name="now">The instant of the decision.</param>
    public ValueExplanation Decide(PacingBook book, in Cabin cabin, ScreenMemory screen, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(screen);
        var pages = book.Current;
        var table = pages.Table;
        _view.Look(cabin, now);
        var air = new OnAir(table, cabin.SiteId, _view.Clock);
        var ranking = new Ranking(table, screen);
        if (DueShare(pages, air, screen, now) is { } voice) ranking.TakeShare(voice);
        // Those that may be worth most are judged first: then few of the others can be worth as much.
        var favourites = new Favourites();
        for (var word = 0; word < air.Words; word++)
        {
            if (MostOf(pages, word) is > 0 and var most && most > favourites.Least) Prefer(pages, word, air, ref favourites);
        }
        for (var i = 0; i < favourites.Count; i++) Judge(pages, favourites.Number(i), screen, now, ref ranking);
        for (var word = 0; word < air.Words; word++)
        {
            if (MostOf(pages, word) is not (> 0 and var most) || most < ranking.Threshold) continue;
            for (var set = air.Word(word) & table.ByImpressions[word]; set != 0; set &= set - 1)
            {
                var number = (word << 6) + BitOperations.TrailingZeroCount(set);
                var atMost = AtMost(pages, number);
                if (atMost > 0 && atMost >= ranking.Threshold && !favourites.Has(number)) Judge(pages, number, screen, now, ref ranking);
            }
        }
        var creative = ranking.Winner is { } winner && table[winner.Number] is { Terms.InSequence: true } story
            ? story.Campaign.Creatives[Sequence.Next(story.Campaign, _view.Seen)].Id : (Guid?)null;
        return ranking.Explain(creative, ranking.IsEmpty && AnyWanted(table, air));
    }

    // Whether a campaign that is on air targets somebody in view, whatever it bids.
    private bool AnyWanted(CampaignTable table, in OnAir air)
    {
        for (var word = 0; word < air.Words; word++)
        {
            if (_view.AtMost(table.MaskOfWord(word)) <= 0) continue;
            for (var set = air.Word(word) & table.ByImpressions[word]; set != 0; set &= set - 1)
            {
                if (_view.AtMost(table.MaskOf((word << 6) + BitOperations.TrailingZeroCount(set))) > 0) return true;
            }
        }
        return false;
    }

    private double MostOf(Pages pages, int word) => pages.MostBids[word] * _view.AtMost(pages.Table.MaskOfWord(word)) * Slack;

    private double AtMost(Pages pages, int number) => pages.Bids[number] * _view.AtMost(pages.Table.MaskOf(number)) * Slack;

    private void Prefer(Pages pages, int word, in OnAir air, ref Favourites favourites)
    {
        for (var set = air.Word(word) & pages.Table.ByImpressions[word]; set != 0; set &= set - 1)
        {
            var number = (word << 6) + BitOperations.TrailingZeroCount(set);
            if (AtMost(pages, number) is var atMost && atMost > favourites.Least) favourites.Add(number, atMost);
        }
    }

    private void Judge(Pages pages, int number, ScreenMemory screen, DateTimeOffset now, ref Ranking ranking)
    {
        var (expected, worth) = _view.Expected(pages.Table[number], pages.Table.MaskOf(number));
        var score = worth * pages.Bids[number];
        if (score <= 0 || score < ranking.Threshold) return;
        var gate = StopOf(pages, number, expected, screen, now);
        ranking.Add(new Scored(number, score, expected, gate == Gate.None && score <= floorKrw ? Gate.Worth : gate));
    }

    // Of those that are due, the one that would be a play behind first: then none ever is (earliest deadline first).
    private Scored? DueShare(Pages pages, in OnAir air, ScreenMemory screen, DateTimeOffset now)
    {
        var (best, deadline) = ((Scored?)null, double.PositiveInfinity);
        var table = pages.Table;
        for (var i = 0; i < table.Voices.Count; i++)
        {
            var number = table.Voices[i];
            if (!air.Has(number) || screen.DeadlineOf(table[number]) is not { } due || due >= deadline) continue;
            var expected = _view.Expected(table[number], table.MaskOf(number));
            if (StopOf(pages, number, expected.Count, screen, now) != Gate.None) continue;
            (best, deadline) = (new Scored(number, expected.Worth * pages.Bids[number], expected.Count, Gate.None), due);
        }
        return best;
    }

    private Gate StopOf(Pages pages, int number, double expected, ScreenMemory screen, DateTimeOffset now)
    {
        var campaign = pages.Table[number];
        if (!HasCreative(campaign, screen)) return Gate.Creative;
        if (campaign.Terms.NotForChildren && _view.IsChildLikely) return Gate.Child;
        if (!campaign.Terms.Broad && campaign.Terms.ShareOfVoice <= 0 && !_view.IsConfident) return Gate.Confidence;
        if (campaign.Terms.Separation.Forbids(screen.Categories, _view.Seen, now)) return Gate.Separation;
        if (_view.IsCapped(campaign)) return Gate.FrequencyCap;
        return pages.CanPay(number, expected) ? Gate.None : Gate.Budget;
    }

    private bool HasCreative(BookedCampaign campaign, ScreenMemory screen)
    {
        if (screen is { Cached: null, LeftOut: null }) return true;
        var creatives = campaign.Campaign.Creatives;
        if (campaign.Terms.InSequence) return screen.Has(creatives[Sequence.Next(campaign.Campaign, _view.Seen)].Id);
        // The arms of an experiment are compared: a screen that lacks one does not take part.
        var needsAll = campaign.Campaign.ExperimentId is not null;
        for (var i = 0; i < creatives.Count; i++)
        {
            if (screen.Has(creatives[i].Id) != needsAll) return !needsAll;
        }
        return needsAll;
    }
}
