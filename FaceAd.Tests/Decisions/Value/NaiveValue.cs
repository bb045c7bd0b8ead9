using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>The rule once more: every campaign asked in full, from plain lists of what was shown and seen.</summary>
internal static class NaiveValue
{
    /// <summary>Score and gate of each campaign that site, day and hour let run.</summary>
    public static Dictionary<Guid, (double Score, Gate Gate)> Judge(ValueWorld world, Cabin cabin, double floor)
    {
        var local = Sample.Calendar.ClockAt(world.Now);
        Dictionary<Guid, (double, Gate)> all = [];
        foreach (var campaign in world.Campaigns)
        {
            var terms = campaign.Campaign;
            var day = DateOnly.FromDateTime(local);
            if (day < terms.StartsOn || day > terms.EndsOn || (terms.SiteIds.Count > 0 && !terms.SiteIds.Contains(cabin.SiteId))) continue;
            if (((terms.Hours >> local.Hour) & 1) == 0 || ((terms.Days >> (((int)day.DayOfWeek + 6) % 7)) & 1) == 0) continue;
            var bid = world.Book.BidOf(world.Book.Table.NumberOf(terms.Id)!.Value);
            var score = bid * cabin.Riders.Sum(r => Wanted(campaign, r) * Worth(world, campaign, r));
            if (score <= 0 || cabin.Riders.Sum(r => Wanted(campaign, r)) < 0.25) continue;
            var gate = StopOf(world, campaign, cabin);
            all.Add(terms.Id, (score, gate == Gate.None && score <= floor ? Gate.Worth : gate));
        }
        return all;
    }

    /// <summary>The first rule but worth that is broken by showing a campaign now.</summary>
    public static Gate StopOf(ValueWorld world, BookedCampaign campaign, Cabin cabin)
    {
        var persons = cabin.Riders.Where(r => r.Person is not null).Select(r => r.Person!.Id).ToList();
        bool Plays(SnapshotCreative c) =>
            (world.Screen.Cached is null || world.Screen.Cached.Contains(c.Id))
            && (world.Screen.LeftOut is null || !world.Screen.LeftOut.Contains(c.Id));
        var creatives = campaign.Campaign.Creatives;
        var plays = campaign.Terms.InSequence ? Plays(creatives[StepOf(world, campaign, cabin)])
            : campaign.Campaign.ExperimentId is null ? creatives.Any(Plays) : creatives.All(Plays);
        if (!plays) return Gate.Creative;
        if (campaign.Terms.NotForChildren && 1 - cabin.Riders.Aggregate(1.0, (p, r) =>
            p * (1 - (r.Presence.ChildProbability ?? r.Presence.Segments?.Kids ?? 0))) >= 0.2) return Gate.Child;
        if (!campaign.Terms.Broad && !cabin.Riders.Any(r => SegmentProbabilities.Segments.Any(s => Probability(r, s) >= 0.6)))
            return Gate.Confidence;
        var category = campaign.Terms.Separation.Category;
        var trails = persons.Select(p => world.Exposures[p].Select(e => (e.Category, e.At)).ToList()).Append(world.Plays);
        if (category > 0 && trails.Any(t =>
            t.TakeLast(campaign.Terms.Separation.Plays).Any(p => p.Item1 == category)
            || t.Any(p => p.Item1 == category && p.Item2 + campaign.Terms.Separation.Apart > world.Now))) return Gate.Separation;
        if (campaign.Terms.Caps.Any(c => c.Hard && persons.Any(p => Count(world, campaign, p, c.Per) >= c.Most))) return Gate.FrequencyCap;
        var taken = world.Book.TakenBy(world.Book.Table.NumberOf(campaign.Campaign.Id)!.Value);
        var expected = cabin.Riders.Sum(r => Wanted(campaign, r)) * world.Book.Yield;
        return taken >= campaign.Goal || taken + expected > campaign.Goal + 1 ? Gate.Budget : Gate.None;
    }

    /// <summary>The place of the creative whose turn it is in a sequence.</summary>
    public static int StepOf(ValueWorld world, BookedCampaign campaign, Cabin cabin) => cabin.Riders.Count == 0 ? 0
        : cabin.Riders.GroupBy(r => r.Person is null ? 0 : campaign.Campaign.Creatives.Take(campaign.Campaign.Creatives.Count - 1)
            .TakeWhile(c => world.Exposures[r.Person.Id].Exists(e => e.Campaign == campaign.Campaign.Id && e.Creative == c.Id)).Count())
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;

    /// <summary>Exposures of a person to a campaign in the unit of time that runs now.</summary>
    public static int Count(ValueWorld world, BookedCampaign campaign, Guid person, CapUnit unit)
    {
        var today = Sample.Calendar.DayOf(world.Now);
        return world.Exposures[person].Count(e => e.Campaign == campaign.Campaign.Id && unit switch
        {
            CapUnit.Minute => e.At >= world.Now.AddMinutes(-1),
            CapUnit.Hour => e.At >= world.Now.AddHours(-1),
            CapUnit.Day => Sample.Calendar.DayOf(e.At) == today,
            CapUnit.Week => WeekOf(e.At) == WeekOf(world.Now) && EpochOf(e.At) == EpochOf(world.Now),
            _ => EpochOf(e.At) == EpochOf(world.Now),
        });
    }

    private static double Wanted(BookedCampaign campaign, Rider rider) =>
        rider.Stays * campaign.Campaign.Targets.Sum(t => Probability(rider, t));

    private static double Worth(ValueWorld world, BookedCampaign campaign, Rider rider)
    {
        if (rider.Person is not { } person) return campaign.Terms.Caps.Any(c => c.SkipsUnrecognised) ? 0 : 1;
        if (campaign.Terms.Caps.Any(c => !c.Hard && Count(world, campaign, person.Id, c.Per) >= c.Most)) return 0;
        var seen = Count(world, campaign, person.Id, CapUnit.Epoch);
        return campaign.Terms.Worth.Enough > 0 && seen >= campaign.Terms.Worth.Enough ? 0 : Math.Pow(campaign.Terms.Worth.Repeat, seen);
    }

    private static double Probability(Rider rider, Segment segment) => rider.Person is { Segment: > Segment.Unknown } person
        ? (person.Segment == segment ? 1 : 0) : rider.Presence.Segments?[segment] ?? 0;

    private static int WeekOf(DateTimeOffset at) => Sample.Calendar.DayOf(at).DayNumber / 7; // day 0 was a Monday

    private static int EpochOf(DateTimeOffset at) => Sample.Calendar.EpochOf(Sample.Calendar.DayOf(at));
}
