using System.Device.Gpio;
using FaceAd.Core;
using FaceAd.Player.Sensors;

namespace FaceAd.Tests.Player.Sensors;

/// <summary>The real drivers on wires that are not there.</summary>
public sealed class CabinSensorTests
{
    [Fact]
    public void Motion_OutputRises_TellsItOnceAndByItself()
    {
        var gpio = new FakeGpio();
        using var sensor = Open(gpio, new(SensorKind.Motion, [17]));
        List<bool> told = [];
        sensor.Told += reading => told.Add(reading.Moves);
        Assert.False(sensor.Read().Moves);

        gpio.Set(17, true);
        gpio.Set(18, true);
        Assert.True(sensor.Read().Moves);
        gpio.Set(17, false);

        Assert.Equal([true, false], told);
        sensor.Dispose();
        Assert.True(gpio.IsDisposed);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1.5)]
    public void Ultrasonic_SoundComesBack_IsTheDistance(double metres)
    {
        using var sensor = Open(new FakeGpio { Sonar = (23, 24), Metres = metres }, new(SensorKind.Distance, [23, 24]));
        // A busy machine misses the beginning or the end of most echoes, but not of all.
        Assert.Contains(Enumerable.Range(0, 100), _ => sensor.Read().Metres is { } answer && Math.Abs(answer - metres) < 0.1);
    }

    [Fact]
    public void Ultrasonic_NoEcho_IsNoAnswer()
    {
        using var sensor = Open(new FakeGpio { Sonar = (23, 24) }, new(SensorKind.Distance, [23, 24]));
        Assert.Null(sensor.Read().Metres);
    }

    [Theory]
    [InlineData(650, 0.65)]
    [InlineData(8190, double.PositiveInfinity)]
    [InlineData(8191, double.PositiveInfinity)]
    public void Laser_Measures_IsTheDistanceOrOutOfReach(ushort millimetres, double metres)
    {
        using var sensor = new SensorWires(() => throw new InvalidOperationException(), _ => new FakeLaser { Millimetres = millimetres })
            .Open(new(SensorKind.Distance, [], 1));
        Assert.Equal(metres, sensor.Read().Metres);
    }

    [Fact]
    public void Laser_BusBreaks_FailsAndIsNotTakenForAnEmptyCabin()
    {
        var bus = new FakeLaser { Millimetres = 1200 };
        using var sensor = new SensorWires(() => throw new InvalidOperationException(), _ => bus).Open(new(SensorKind.Distance, [], 1));
        bus.IsBroken = true;
        Assert.Throws<IOException>(() => sensor.Read());
    }

    [Fact]
    public void Open_PinCannotBeRead_LetsTheChipGo()
    {
        var gpio = new FakeGpio { Sonar = (23, 24), Broken = new IOException("busy") };
        Assert.Throws<IOException>(() => Open(gpio, new(SensorKind.Distance, [23, 24])));
        Assert.True(gpio.IsDisposed);
    }

    static CabinSensor Open(FakeGpio gpio, SensorSetting setting) =>
        new SensorWires(() => new GpioController(gpio), _ => throw new InvalidOperationException()).Open(setting);
}
