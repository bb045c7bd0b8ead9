using System.Device.Gpio;
using System.Device.I2c;
using FaceAd.Core;
using Iot.Device.Hcsr04;
using Iot.Device.Hcsr501;
using Iot.Device.Vl53L0X;

namespace FaceAd.Player.Sensors;

/// <summary>The machine's wires. A test puts others in their place.</summary>
/// <param name="gpio">Opens the GPIO chip.</param>
/// <param name="i2c">Opens a device on a bus.</param>
internal sealed class SensorWires(Func<GpioController> gpio, Func<I2cConnectionSettings, I2cDevice> i2c)
{
    /// <summary>Opens a sensor.</summary>
    /// <param name="setting">Which.</param>
    public CabinSensor Open(SensorSetting setting) => (setting.Kind, setting.Bus) switch
    {
        (SensorKind.Motion, _) => new MotionSensor(gpio(), setting.Pins[0]),
        (_, { } bus) => new LaserSensor(i2c(new I2cConnectionSettings(bus, Vl53L0X.DefaultI2cAddress))),
        _ => new UltrasonicSensor(gpio(), setting.Pins[0], setting.Pins[1]),
    };
}

/// <summary>A sensor that is wired up. Reading may block for as long as it measures.</summary>
internal abstract class CabinSensor(TimeSpan period) : IDisposable
{
    /// <summary>How often it is read.</summary>
    public TimeSpan Period => period;

    /// <summary>Raised with an answer that came by itself.</summary>
    public event Action<SensorReading>? Told;

    /// <summary>Asks it.</summary>
    public abstract SensorReading Read();

    public abstract void Dispose();

    /// <summary>Raises <see cref="Told"/>.</summary>
    protected void Tell(SensorReading reading) => Told?.Invoke(reading);
}

/// <summary>HC-SR501: tells every change by itself; it is read besides, to know that it is there.</summary>
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

/// <summary>HC-SR04. Measuring keeps a core busy for as long as the sound travels, 9 ms to a wall at 1.5 m.</summary>
internal sealed class UltrasonicSensor(GpioController gpio, int trigger, int echo) : CabinSensor(TimeSpan.FromSeconds(0.25))
{
    readonly Hcsr04 _device = Opening.OrDispose(gpio, () => new Hcsr04(gpio, trigger, echo));

    // Without an echo in 4 m it may as well be unplugged.
    public override SensorReading Read() => new(Metres: _device.TryGetDistance(out var distance) ? distance.Meters : null);

    public override void Dispose() => _device.Dispose();
}

/// <summary>VL53L0X.</summary>
internal sealed class LaserSensor(I2cDevice bus) : CabinSensor(TimeSpan.FromSeconds(0.25))
{
    // What it answers when nothing is within its 2 m is 8190 mm, give or take one.
    const int OutOfReach = 8_000;

    readonly Vl53L0X _device = Opening.OrDispose(bus, () => new Vl53L0X(bus));

    // Not Distance, which takes a broken bus for an empty cabin.
    public override SensorReading Read() =>
        new(Metres: _device.DistanceSingleMeasurement is var millimetres && millimetres >= OutOfReach ? double.PositiveInfinity : millimetres / 1000.0);

    public override void Dispose() => _device.Dispose();
}

static class Opening
{
    /// <summary>Opens a device on a wire of its own; the wire is let go when that fails.</summary>
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
