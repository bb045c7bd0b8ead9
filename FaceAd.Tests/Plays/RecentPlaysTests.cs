using FaceAd.Web.Plays;

namespace FaceAd.Tests.Plays;

/// <summary>What a node remembers of its own commits.</summary>
public sealed class RecentPlaysTests
{
    [Fact]
    public void Find_AnyHistory_KnowsTheLastOnesAndNothingThatWasNotAdded()
    {
        var recent = new RecentPlays();
        var plays = Enumerable.Range(0, (RecentPlays.Kept * 5 / 2) + 1).Select(_ => (Guid.Empty, Guid.NewGuid())).ToArray();
        foreach (var group in plays.Chunk(1777))
        {
            recent.Add(group);
            recent.Add(group); // a repeat takes no room
        }
        var known = recent.Find([.. plays, (Guid.Empty, Guid.NewGuid()), (Guid.NewGuid(), plays[^1].Item2)]);

        Assert.Subset(plays.ToHashSet(), known);
        Assert.Superset(plays[^RecentPlays.Kept..].ToHashSet(), known);
        Assert.InRange(known.Count, RecentPlays.Kept, 2 * RecentPlays.Kept);
    }
}
