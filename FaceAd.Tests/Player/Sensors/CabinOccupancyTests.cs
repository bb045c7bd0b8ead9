using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Sensors;

namespace FaceAd.Tests.Player.Sensors;

/// <summary>What sensors mean for the camera: a script of answers in, the state out.</summary>
public sealed class CabinOccupancyTests
{
    static CabinState Nothing => default;

    [Fact]
    public void Look_NoSensors_MeansNothing()
    {
        var cabin = Of();
        Assert.Equal(Nothing, cabin.Look(At(100), audience: true));
        Assert.Null(cabin.Report(At(100)));
    }

    [Fact]
    public void Look_SensorThatNeverAnswered_MeansNothing()
    {
        var cabin = Of(SensorKind.Motion, SensorKind.Distance);
        Assert.Equal(Nothing, cabin.Look(At(100), audience: false));
        Assert.Equal([new(SensorKind.Motion, SensorState.Unknown, null), new(SensorKind.Distance, SensorState.Unknown, null)],
            cabin.Report(At(100)));
    }

    [Fact]
    public void Motion_NobodyThenSomebody_RestsAndWakesAtOnceForAMoment()
    {
        var cabin = Of(SensorKind.Motion);
        Move(cabin, 0, 0, 10, moves: false);
        Assert.Equal(new CabinState(Wakes: false, Rests: true, Emptied: false), cabin.Look(At(10), false));
        Move(cabin, 0, 10.2, 20, moves: true);
        Assert.True(cabin.Look(At(10.3), false) is { Wakes: true, Rests: false });
        Assert.True(cabin.Look(At(12), false) is { Wakes: false, Rests: false });
    }

    [Fact]
    public void Motion_OutputFalls_IsNeverTakenForPeopleWhoLeft()
    {
        var cabin = Of(SensorKind.Motion);
        Move(cabin, 0, 0, 10, moves: true);
        Move(cabin, 0, 10.1, 11, moves: false);
        Assert.False(cabin.Look(At(11), true).Emptied);
    }

    [Fact]
    public void Distance_SomebodyLeaves_IsEmptiedForTenSecondsAfterThreeFarAnswers()
    {
        var cabin = Of(SensorKind.Distance);
        Measure(cabin, 0, 0, 5, 0.6);
        Assert.True(cabin.Look(At(0), false).Wakes);
        Measure(cabin, 0, 5.25, 5.5, 1.4);
        Assert.True(cabin.Look(At(5.5), true) is { Emptied: false, Rests: false });
        Measure(cabin, 0, 5.75, 5.75, 1.4);
        Assert.True(cabin.Look(At(5.75), true) is { Emptied: true, Rests: true });
        Measure(cabin, 0, 6, 15.75, 1.4);
        Assert.True(cabin.Look(At(15.75), true).Emptied);
        Measure(cabin, 0, 16, 16, 1.4);
        Assert.False(cabin.Look(At(16), true).Emptied);
    }

    [Fact]
    public void Distance_SomebodyComesBack_IsEmptiedNoMore()
    {
        var cabin = Of(SensorKind.Distance);
        Measure(cabin, 0, 0, 5, 0.6);
        Measure(cabin, 0, 5.25, 6, 1.4);
        Measure(cabin, 0, 6.25, 6.25, 0.6);
        Assert.Equal(new CabinState(Wakes: true, Rests: false, Emptied: false), cabin.Look(At(6.25), true));
        // One near answer between far ones was not someone who stayed.
        Measure(cabin, 0, 6.5, 7.5, 1.4);
        Assert.False(cabin.Look(At(7.5), true).Emptied);
    }

    [Fact]
    public void Distance_BeamWasNeverBroken_SaysNothingOfPeopleBesideIt()
    {
        var cabin = Of(SensorKind.Distance);
        Measure(cabin, 0, 0, 60, 1.4);
        Assert.False(cabin.Look(At(60), true).Emptied);
    }

    [Fact]
    public void Distance_AnotherStillSeesSomebody_IsNotEmptied()
    {
        var cabin = Of(SensorKind.Distance, SensorKind.Distance);
        Measure(cabin, 0, 0, 5, 0.6);
        Measure(cabin, 1, 0, 7, 0.7);
        Measure(cabin, 0, 5.25, 7, 1.4);
        Assert.False(cabin.Look(At(7), true).Emptied);
        Measure(cabin, 1, 7.25, 8, 1.4);
        Measure(cabin, 0, 7.25, 8, 1.4);
        Assert.True(cabin.Look(At(8), true).Emptied);
    }

    [Fact]
    public void Distance_AnswersStop_IsEmptiedNoMoreAfterASecondAndUnknownAfterFive()
    {
        var cabin = Of(SensorKind.Distance);
        Measure(cabin, 0, 0, 5, 0.6);
        Measure(cabin, 0, 5.25, 6, 1.4);
        Assert.True(cabin.Look(At(7), true).Emptied);
        Assert.False(cabin.Look(At(7.1), true).Emptied);
        Assert.True(cabin.Look(At(11), true).Rests);
        Assert.Equal(Nothing, cabin.Look(At(11.1), true));
        Assert.Equal(SensorState.Unknown, cabin.Report(At(11.1))![0].State);
        // What was before the silence does not count as having left.
        Measure(cabin, 0, 12, 14, 1.4);
        Assert.False(cabin.Look(At(14), true).Emptied);
        Assert.True(cabin.Look(At(14), true).Rests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    public void Distance_WhatCannotBeTrue_IsNoAnswer(double? metres)
    {
        var cabin = Of(SensorKind.Distance);
        Measure(cabin, 0, 0, 20, metres);
        Assert.Equal(Nothing, cabin.Look(At(20), false));
        Assert.False(cabin.IsKnown(0, At(20)));
    }

    [Fact]
    public void Distance_NothingWithinReach_IsEmptyWithoutADistance()
    {
        var cabin = Of(SensorKind.Distance);
        Measure(cabin, 0, 0, 2, double.PositiveInfinity);
        Assert.Equal([new(SensorKind.Distance, SensorState.Empty, null)], cabin.Report(At(2)));
    }

    [Theory]
    [InlineData(SensorKind.Motion)]
    [InlineData(SensorKind.Distance)]
    public void Sensor_SomebodyForHalfAnHour_IsNotBelieved(SensorKind kind)
    {
        var cabin = Of(kind);
        for (var at = 0.0; at <= 1801; at += 1) cabin.Take(0, new SensorReading(Moves: true, Metres: 0.5), At(at));
        Assert.True(cabin.IsKnown(0, At(1800)));
        Assert.False(cabin.IsKnown(0, At(1801)));
        Assert.Equal(Nothing, cabin.Look(At(1801), false));
    }

    [Fact]
    public void Motion_AnAudienceThatItDidNotNotice_IsNotBelievedUntilItNotices()
    {
        var cabin = Of(SensorKind.Motion);
        Move(cabin, 0, 0, 120, moves: false);
        Assert.True(cabin.Look(At(120), audience: false).Rests);
        Assert.Equal(Nothing, cabin.Look(At(120), audience: true));
        Move(cabin, 0, 121, 200, moves: false);
        Assert.Equal(Nothing, cabin.Look(At(200), audience: false));
        Move(cabin, 0, 201, 201, moves: true);
        Assert.True(cabin.Look(At(201), audience: false).Wakes);
    }

    [Fact]
    public void Motion_AudienceOfSomebodyItNoticed_IsBelieved()
    {
        var cabin = Of(SensorKind.Motion);
        Move(cabin, 0, 0, 120, moves: false);
        Move(cabin, 0, 121, 123, moves: true);
        Move(cabin, 0, 124, 150, moves: false);
        cabin.Look(At(150), audience: true);
        Assert.True(cabin.IsKnown(0, At(150)));
    }

    [Fact]
    public void Look_OneOfTwoFails_TheOtherCounts()
    {
        var cabin = Of(SensorKind.Motion, SensorKind.Distance);
        Move(cabin, 0, 0, 10, moves: true);
        Measure(cabin, 1, 0, 10, 1.4);
        Assert.False(cabin.Look(At(10), false).Rests);
        cabin.Fail(0, At(10));
        Assert.True(cabin.Look(At(10), false).Rests);
        cabin.Fail(1, At(10));
        Assert.Equal(Nothing, cabin.Look(At(10), false));
    }

    static CabinOccupancy Of(params SensorKind[] kinds) => new(new PlayerSettings
    {
        Server = new Uri("http://localhost"),
        Token = "t",
        DataFolder = "/nowhere",
        Sensors = [.. kinds.Select((kind, i) => new SensorSetting(kind, [2 * i, 2 * i + 1]))],
    });

    static void Move(CabinOccupancy cabin, int sensor, double from, double to, bool moves)
    {
        for (var at = from; at <= to; at += 1) cabin.Take(sensor, new SensorReading(Moves: moves), At(at));
        cabin.Take(sensor, new SensorReading(Moves: moves), At(to));
    }

    static void Measure(CabinOccupancy cabin, int sensor, double from, double to, double? metres)
    {
        for (var at = from; at <= to; at += 0.25) cabin.Take(sensor, new SensorReading(Metres: metres), At(at));
    }

    static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
