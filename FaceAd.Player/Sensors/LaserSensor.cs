using System.Device.I2c;
using Iot.Device.Vl53L0X;

namespace FaceAd.Player.Sensors;

/// <summary>VL53L0X.</summary>
sealed class LaserSensor(I2cDevice bus) : CabinSensor(TimeSpan.FromSeconds(0.25))
{
    // It returns 8190 mm, give or take one, when nothing is within its range of 2 m.
    const int OutOfReach = 8_000;

    readonly Vl53L0X _device = Opening.OrDispose(bus, () => new Vl53L0X(bus));

    // Not the Distance property, which reports a broken bus as an empty cabin.
    public override SensorReading Read() =>
        new(Metres: _device.DistanceSingleMeasurement is var millimetres && millimetres >= OutOfReach
            ? double.PositiveInfinity : millimetres / 1000.0);

    public override void Dispose() => _device.Dispose();
}
