using FaceAd.Core;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Tests.Support;
using FaceAd.Web.Decisions;

namespace FaceAd.Tests.Decisions;

public sealed class PersonHistoryTests
{
    private static readonly Guid Campaign = Guid.NewGuid(), Creative = Guid.NewGuid();
    private static readonly CapWindows Windows = CapWindows.At(Sample.Calendar, Sample.Noon);

    // Three this morning, of which this node showed two; one that runs now and is not stored yet; two yesterday.
    [Fact]
    public void SeenWith_StoredAndShownLately_CountsEachOnce()
    {
        var history = new PersonHistory(Guid.NewGuid(), Segment.Men2030,
        [
            (Campaign, Creative, Sample.Noon.AddDays(-1), 2), (Campaign, Creative, Sample.Noon.AddHours(-3), 3),
            (Guid.NewGuid(), Guid.NewGuid(), Sample.Noon.AddHours(-3), 7),
        ]);
        ShownAd Shown(int minutes) => new(Campaign, Creative, 4, Sample.Noon.AddMinutes(-minutes));
        var seen = new CampaignExposures(history.SeenWith([Shown(20), Shown(10), Shown(0)], _ => 4, Sample.Noon), Campaign);
        Assert.Equal(3, seen.CountSince(Windows.From(CapUnit.Hour)));
        Assert.Equal(4, seen.CountSince(Windows.From(CapUnit.Day)));
        Assert.Equal(6, seen.CountSince(Windows.From(CapUnit.Epoch)));
        Assert.Equal(5, history.Exposures[Campaign]);
    }

    [Fact]
    public void SeenWith_ShownLatelyOnly_CountsBeforeItIsStored()
    {
        var seen = new PersonHistory(Guid.NewGuid(), Segment.Unknown, []).SeenWith(
            [new ShownAd(Campaign, Creative, 0, Sample.Noon.AddSeconds(5))], _ => 0, Sample.Noon);
        Assert.Equal(1, new CampaignExposures(seen, Campaign).CountSince(Windows.From(CapUnit.Minute)));
        Assert.True(seen.Has(Campaign, Creative));
    }

    [Fact]
    public void Of_AnHourLater_IsForgotten()
    {
        var (shown, person) = (new ShownLately(), Guid.NewGuid());
        shown.Add(person, new ShownAd(Campaign, Creative, 0, Sample.Noon), Sample.Noon);
        shown.Forget(Sample.Noon.AddMinutes(59));
        Assert.Single(shown.Of(person));
        shown.Forget(Sample.Noon.AddMinutes(61));
        Assert.Empty(shown.Of(person));
    }
}
