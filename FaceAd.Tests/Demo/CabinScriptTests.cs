using FaceAd.Core;
using FaceAd.Demo.Footage;

namespace FaceAd.Tests.Demo;

/// <summary>The committed scripts are possible days, and show what the demonstration has to show.</summary>
public sealed class CabinScriptTests
{
    public static TheoryData<string> Screens => [.. CabinScript.Committed.Select(script => script.Screen)];

    [Theory]
    [MemberData(nameof(Screens))]
    public void Rides_OfOnePersonOrOnePlace_NeverOverlap(string screen)
    {
        var script = Script(screen);

        foreach (var (a, b) in Pairs(script.Rides))
        {
            var together = a.Enters < b.Leaves && b.Enters < a.Leaves;
            Assert.False(together && a.Person == b.Person, $"{a.Person} is there twice at {b.Enters}.");
            Assert.False(together && a.Place == b.Place, $"{a.Person} and {b.Person} share place {a.Place} at {b.Enters}.");
            // Everyone passes the door: a rider who enters before the track of one who left is given up would be taken for that rider.
            Assert.False(Math.Abs(a.Leaves - b.Enters) < 2.2 && a.Leaves <= b.Enters, $"{b.Person} enters just after {a.Person} has left.");
        }
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public void Rides_Always_FitTheFootageAndTheCabin(string screen)
    {
        var script = Script(screen);

        Assert.All(script.Rides, ride =>
        {
            Assert.InRange(ride.Enters, 0, ride.Leaves - 3 * CabinFootage.WalkSeconds);
            Assert.InRange(ride.Leaves, ride.Enters, script.Seconds - 2);
            Assert.InRange(ride.Place, 0, 3);
            Assert.InRange(ride.Size, 90, 200);
        });
        Assert.True(script.Rides.Min(ride => ride.Enters) < 4);
        Assert.All(
            Enumerable.Range(0, script.Frames), frame =>
                Assert.InRange(script.RidesAt(frame / (double)script.FramesPerSecond).Count(), 0, 4));
        Assert.Equal(script.Cast.Select(person => person.Person).Order(), script.Rides.Select(ride => ride.Person).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public void DominantAt_OverTheFootage_IsEverySegmentAtLeastFiveSecondsLong(string screen)
    {
        var script = Script(screen);

        var seconds = Enumerable.Range(0, script.Frames).CountBy(frame => script.DominantAt(frame / (double)script.FramesPerSecond))
            .ToDictionary(pair => pair.Key, pair => pair.Value / (double)script.FramesPerSecond);

        Assert.All(SegmentProbabilities.Segments, segment => Assert.InRange(seconds[segment], 5, 60));
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public void Gaps_BetweenAudiences_AreLongerThanThePresenceBridge(string screen)
    {
        var gaps = Script(screen).Gaps();

        Assert.True(gaps.Count >= 6);
        Assert.All(gaps.Skip(1), gap => Assert.True(gap.To - gap.From > 2.5, $"The gap at {gap.From} is too short."));
    }

    [Fact]
    public void Committed_OverBothDays_HasReturningPersonsAndSomeWhoNeverSeeTheirOwnAd()
    {
        var scripts = CabinScript.Committed;
        var cast = scripts.SelectMany(script => script.Cast).Distinct().ToList();

        // One name is one portrait is one segment, everywhere.
        Assert.Equal(cast.Count, cast.Select(person => person.Person).Distinct().Count());
        Assert.Equal(cast.Count, cast.Select(person => person.Portrait).Distinct().Count());
        Assert.True(scripts[0].Cast.Intersect(scripts[1].Cast).Count() >= 4, "Too few persons ride on both days.");
        Assert.Contains(scripts[0].Rides.CountBy(ride => ride.Person), rides => rides.Value > 1);

        var unreached = cast.Where(person => !scripts.Any(script => script.Rides.Any(ride =>
            ride.Person == person.Person
            && Enumerable.Range(0, script.Frames).Select(frame => frame / (double)script.FramesPerSecond)
                .Any(time => time >= ride.Enters && time < ride.Leaves && script.DominantAt(time) == person.Segment
                    && time > ride.Enters + 1))));
        Assert.NotEmpty(unreached);
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSameScript()
    {
        var script = CabinScript.Committed[0];

        Assert.Equal(script.ToJson(), CabinScript.FromJson(script.ToJson()).ToJson());
    }

    static CabinScript Script(string screen) => CabinScript.Committed.Single(script => script.Screen == screen);

    static IEnumerable<(CabinRide, CabinRide)> Pairs(IReadOnlyList<CabinRide> rides) =>
        from a in rides from b in rides where !ReferenceEquals(a, b) select (a, b);
}
