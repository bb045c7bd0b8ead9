using System.Device.Gpio;
using System.Device.I2c;
using FaceAd.Core;
using Iot.Device.Vl53L0X;

namespace FaceAd.Player.Sensors;

/// <summary>Access to the machine's GPIO and I2C. Tests substitute their own.</summary>
/// <param name="gpio">Opens the GPIO chip.</param>
/// <param name="i2c">Opens a device on an I2C bus.</param>
sealed class SensorWires(Func<GpioController> gpio, Func<I2cConnectionSettings, I2cDevice> i2c)
{
    /// <summary>Opens a sensor.</summary>
    /// <param name="setting">Setting of the sensor.</param>
    public CabinSensor Open(SensorSetting setting) => (setting.Kind, setting.Bus) switch
    {
        (SensorKind.Motion, _) => new MotionSensor(gpio(), setting.Pins[0]),
        (SensorKind.Distance, { } bus) => new LaserSensor(i2c(new I2cConnectionSettings(bus, Vl53L0X.DefaultI2cAddress))),
        (SensorKind.Distance, null) => new UltrasonicSensor(gpio(), setting.Pins[0], setting.Pins[1]),
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting.Kind, "Unknown kind of sensor."),
    };
}
