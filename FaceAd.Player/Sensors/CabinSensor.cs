using System.Device.Gpio;
using System.Device.I2c;
using Iot.Device.Hcsr04;
using Iot.Device.Hcsr501;
using Iot.Device.Vl53L0X;

namespace FaceAd.Player.Sensors;

/// <summary>An opened sensor. Reading may block for as long as a measurement takes.</summary>
internal abstract class CabinSensor(TimeSpan period) : IDisposable
{
    /// <summary>Polling interval.</summary>
    public TimeSpan Period => period;

    /// <summary>Raised with an unsolicited reading.</summary>
    public event Action<SensorReading>? Told;

    /// <summary>Measures once.</summary>
    public abstract SensorReading Read();

    public abstract void Dispose();

    protected void Tell(SensorReading reading) => Told?.Invoke(reading);
}

/// <summary>HC-SR501. It signals each change; polling shows that it is still connected.</summary>
internal sealed class MotionSensor : CabinSensor
{
    readonly Hcsr501 _device;

    public MotionSensor(GpioController gpio, int pin) : base(TimeSpan.FromSeconds(1))
    {
        _device = Opening.OrDispose(gpio, () => new Hcsr501(pin, gpio));
        _device.Hcsr501ValueChanged += (_, e) => Tell(new SensorReading(Moves: e.PinValue == PinValue.High));
    }

    public override SensorReading Read() => new(Moves: _device.IsMotionDetected);

    public override void Dispose() => _device.Dispose();
}

/// <summary>HC-SR04. A measurement keeps a core busy while the sound travels: 9 ms for a wall at 1.5 m.</summary>
internal sealed class UltrasonicSensor(GpioController gpio, int trigger, int echo) : CabinSensor(TimeSpan.FromSeconds(0.25))
{
    readonly Hcsr04 _device = Opening.OrDispose(gpio, () => new Hcsr04(gpio, trigger, echo));

    // No echo within 4 m cannot be told from an unplugged sensor.
    public override SensorReading Read() => new(Metres: _device.TryGetDistance(out var distance) ? distance.Meters : null);

    public override void Dispose() => _device.Dispose();
}

/// <summary>VL53L0X.</summary>
internal sealed class LaserSensor(I2cDevice bus) : CabinSensor(TimeSpan.FromSeconds(0.25))
{
    // It returns 8190 mm, give or take one, when nothing is within its range of 2 m.
    const int OutOfReach = 8_000;

    readonly Vl53L0X _device = Opening.OrDispose(bus, () => new Vl53L0X(bus));

    // Not the Distance property, which reports a broken bus as an empty cabin.
    public override SensorReading Read() =>
        new(Metres: _device.DistanceSingleMeasurement is var millimetres && millimetres >= OutOfReach ? double.PositiveInfinity : millimetres / 1000.0);

    public override void Dispose() => _device.Dispose();
}

static class Opening
{
    /// <summary>Opens a device on a connection of its own, and disposes the connection if that fails.</summary>
    public static T OrDispose<T>(IDisposable wire, Func<T> open)
    {
        try
        {
            return open();
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }
}
