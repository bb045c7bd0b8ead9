using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Experiments;

public sealed class ArmsTests
{
    private static readonly Segment[] Targets = [Segment.Men2030, Segment.Silver];

    [Fact]
    public void OfPerson_AnyExperiment_StaysTheSameAndSharesHold() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (experiment, count) = (Id(random), random.Next(2, Arms.Most + 1));
        var people = Enumerable.Range(0, 4_000).Select(_ => Id(random)).ToList();
        var arms = people.Select(p => Arms.OfPerson(experiment, p, count)).ToList();
        if (!arms.SequenceEqual(people.Select(p => Arms.OfPerson(experiment, p, count)))) return false;
        // Five standard deviations.
        var share = 1.0 / count;
        return Enumerable.Range(0, count).All(arm =>
            Math.Abs(arms.Count(a => a == arm) - (4_000 * share)) < 5 * Math.Sqrt(4_000 * share * (1 - share)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void OfPerson_AnotherExperiment_IsDrawnAnew()
    {
        var (random, one, other) = (new Random(1), Guid.NewGuid(), Guid.NewGuid());
        var people = Enumerable.Range(0, 4_000).Select(_ => Id(random)).ToList();
        Assert.InRange(people.Count(p => Arms.OfPerson(one, p, 2) == Arms.OfPerson(other, p, 2)), 1_800, 2_200);
    }

    [Fact]
    public void OfCabin_AnyRiders_TakesTheArmOfMostAsANaiveCountDoes() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (experiment, screen, count) = (Id(random), Id(random), random.Next(2, Arms.Most + 1));
        var riders = Enumerable.Range(0, random.Next(0, 9)).Select(_ => RiderOf(random)).ToList();
        var arm = Arms.OfCabin(experiment, count, Targets, riders, screen, Sample.Noon);
        var voters = riders.Where(r => r.Person is { } p && Targets.Contains(p.Segment)).ToList();
        var votes = Enumerable.Range(0, count)
            .Select(a => voters.Count(r => Arms.OfPerson(experiment, r.Person!.Id, count) == a)).ToList();
        return votes[arm] == votes.Max()
            // Within a slot of time nothing changes but by who is there.
            && arm == Arms.OfCabin(experiment, count, Targets, riders, screen, Sample.Noon.AddSeconds(1));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void OfCabin_NobodyRecognisedOrNoneOfTheTarget_DependsOnScreenAndTimeAlone()
    {
        var (random, experiment) = (new Random(2), Guid.NewGuid());
        var shown = Enumerable.Range(0, 2_000).Select(i =>
        {
            var (screen, at) = (Id(random), Sample.Noon.AddMinutes(i));
            Rider stranger = new(Sample.Viewer(Segment.Men2030, at, at)), other = RiderOf(random, Segment.Kids);
            var arm = Arms.OfCabin(experiment, 2, Targets, [stranger, other], screen, at);
            Assert.Equal(arm, Arms.OfCabin(experiment, 2, Targets, [], screen, at));
            return arm;
        }).ToList();
        Assert.InRange(shown.Sum(), 880, 1_120);
    }

    // What makes the arms comparable: who is shown the own creative rides with as many others in either arm.
    [Fact]
    public void OfCabin_FullCabins_ShowEveryArmToItsPeopleAsOften()
    {
        var (random, experiment) = (new Random(3), Guid.NewGuid());
        var (own, all) = (new int[3], new int[3]);
        for (var ride = 0; ride < 20_000; ride++)
        {
            var riders = Enumerable.Range(0, random.Next(1, 6)).Select(_ => RiderOf(random, Segment.Silver)).ToList();
            var shown = Arms.OfCabin(experiment, 3, Targets, riders, Id(random), Sample.Noon.AddMinutes(ride));
            foreach (var arm in riders.Select(r => Arms.OfPerson(experiment, r.Person!.Id, 3)))
            {
                all[arm]++;
                own[arm] += arm == shown ? 1 : 0;
            }
        }
        var shares = own.Zip(all, (o, a) => (double)o / a).ToList();
        Assert.InRange(shares.Max() - shares.Min(), 0, 0.02);
    }

    [Fact]
    public void OfCabin_ManyTimes_AllocatesNothing()
    {
        var (random, experiment, screen) = (new Random(4), Guid.NewGuid(), Guid.NewGuid());
        var riders = Enumerable.Range(0, 16).Select(_ => RiderOf(random)).ToArray();
        Arms.OfCabin(experiment, 3, Targets, riders, screen, Sample.Noon);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Arms.OfCabin(experiment, 3, Targets, riders, screen, Sample.Noon.AddMinutes(i));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Rider RiderOf(Random random, Segment? segment = null)
    {
        var presence = Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon);
        if (segment is null && random.Next(4) == 0) return new Rider(presence);
        return new Rider(presence, new RecognisedPerson(Id(random), new Dictionary<Guid, int>())
        {
            Segment = segment ?? (Segment)random.Next(0, 7),
        });
    }

    private static Guid Id(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
