using System.Device.Gpio;
using Iot.Device.Hcsr04;

namespace FaceAd.Player.Sensors;

/// <summary>HC-SR04. A measurement keeps a core busy while the sound travels: 9 ms for a wall at 1.5 m.</summary>
sealed class UltrasonicSensor(GpioController gpio, int trigger, int echo) : CabinSensor(TimeSpan.FromSeconds(0.25))
{
    readonly Hcsr04 _device = Opening.OrDispose(gpio, () => new Hcsr04(gpio, trigger, echo));

    // No echo within 4 m cannot be told from an unplugged sensor.
    public override SensorReading Read() => new(Metres: _device.TryGetDistance(out var distance) ? distance.Meters : null);

    public override void Dispose() => _device.Dispose();
}
