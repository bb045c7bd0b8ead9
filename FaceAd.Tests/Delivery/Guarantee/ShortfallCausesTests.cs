using FaceAd.Core.Decisions;
using FaceAd.Web.Delivery.Guarantee;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Delivery.Guarantee;

/// <summary>Shortfalls of a campaign that plans ten target impressions an hour and screen, divided among what caused them.</summary>
public sealed class ShortfallCausesTests
{
    private const int Hours = 100;
    private static readonly ScreenTime Usual = new(20, 30, 20, 30, 0, 0, 0);

    [Theory]
    [InlineData(ShortfallKind.LateStart)]
    [InlineData(ShortfallKind.Paused)]
    [InlineData(ShortfallKind.ScreensAway)]
    [InlineData(ShortfallKind.CamerasBlind)]
    [InlineData(ShortfallKind.FewerPeople)]
    public void Of_OneCause_IsThatCauseWithAllOfItsCost(ShortfallKind kind)
    {
        // On one of two screens in a quarter of the hours: an eighth of the plan.
        var hit = kind switch
        {
            ShortfallKind.LateStart => Usual with { Late = 1 },
            ShortfallKind.Paused => Usual with { Paused = 1 },
            ShortfallKind.ScreensAway => Usual with { Away = 1, Came = 0, CameOfAll = 0 },
            ShortfallKind.CamerasBlind => Usual with { Came = 0, CameOfAll = 0 },
            _ => Usual with { Came = 0, CameOfAll = 10 },
        };
        var causes = Of([[.. Enumerable.Repeat(Usual, 75), .. Enumerable.Repeat(hit, 25)], [.. Enumerable.Repeat(Usual, Hours)]]);
        var cause = Assert.Single(causes);
        Assert.Equal((kind, 250), (cause.Kind, cause.Impressions));
        if (kind is ShortfallKind.ScreensAway or ShortfallKind.CamerasBlind) Assert.Equal((1, 25), (cause.Screens, cause.Hours));
        if (kind is ShortfallKind.LateStart or ShortfallKind.Paused) Assert.Equal(25, cause.Hours);
        if (kind == ShortfallKind.FewerPeople) Assert.Equal(0.125, cause.Fewer, 9);
    }

    [Fact]
    public void Of_QuietNight_IsNoBlindCamera()
    {
        var night = new ScreenTime(0.2, 0.3, 0, 0, 0, 0, 0);
        var causes = Of([[.. Enumerable.Repeat(Usual, 75), .. Enumerable.Repeat(night, 25)]]);
        Assert.DoesNotContain(causes, c => c.Kind == ShortfallKind.CamerasBlind);
    }

    [Fact]
    public void Of_EverybodyWasThere_GoesByWhatStoppedIt()
    {
        var causes = Of([[.. Enumerable.Repeat(Usual, Hours)]], (Gate.Outbid, 60), (Gate.FrequencyCap, 30), (Gate.Worth, 10));
        Assert.Equal(
            [(ShortfallKind.Outbid, 150), (ShortfallKind.FrequencyCap, 75), (ShortfallKind.Unknown, 25)],
            causes.Select(c => (c.Kind, c.Impressions)));
    }

    [Fact]
    public void Of_NobodyMeasuredBefore_BlamesNoPeople()
    {
        var hour = new ScreenTime(1, 0, 0, 0, 0, 0, 0);
        var facts = Facts([[.. Enumerable.Repeat(hour, 50), .. Enumerable.Repeat(hour with { Away = 1 }, 50)]])
            with
        { KnowsPeople = false, Missing = 600, Planned = 1_000 };
        Assert.Equal(
            [(ShortfallKind.ScreensAway, 500), (ShortfallKind.Unknown, 100)],
            ShortfallCauses.Of(facts).Select(c => (c.Kind, c.Impressions)));
    }

    [Fact]
    public void Of_AnyFacts_DividesWhatIsMissingAndNoMore() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        double Share() => random.Next(3) == 0 ? random.NextDouble() : 0;
        var facts = new ShortfallFacts
        {
            Missing = random.Next(0, 2_000),
            Planned = random.Next(1, 4_000),
            Raised = random.Next(4) == 0 ? random.Next(500) : 0,
            NotForecast = random.Next(4) == 0 ? random.Next(500) : 0,
            KnowsPeople = random.Next(4) > 0,
            Screens = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => (IReadOnlyList<ScreenTime>)
                [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => new ScreenTime(
                    random.Next(20), random.Next(20), random.Next(20), random.Next(0, 3) * 10, Share(), Share(), Share()))])],
            Stops = [.. Enumerable.Range(0, random.Next(0, 4)).Select(i => ((Gate)(7 + (i * 2)), (long)random.Next(1, 50)))],
        };
        var causes = ShortfallCauses.Of(facts);
        var sum = causes.Sum(c => c.Impressions);
        return causes.All(c => c is { Impressions: >= 1, Hours: >= 0, Fewer: >= 0 and <= 1 })
            && causes.Select(c => c.Kind).Distinct().Count() == causes.Count
            && sum <= facts.Missing && sum >= (facts.Missing * (1 - ShortfallCauses.Least)) - causes.Count - 1
            && causes.SkipLast(1).All(c => c.Kind != ShortfallKind.Unknown);
    }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<ShortfallCause> Of(
        IReadOnlyList<IReadOnlyList<ScreenTime>> screens, params (Gate, long)[] stops) => ShortfallCauses.Of(Facts(screens, stops));

    private static ShortfallFacts Facts(IReadOnlyList<IReadOnlyList<ScreenTime>> screens, params (Gate, long)[] stops) => new()
    {
        Missing = 250,
        Planned = screens.Count * Hours * 10,
        KnowsPeople = true,
        Screens = screens,
        Stops = stops,
    };
}
