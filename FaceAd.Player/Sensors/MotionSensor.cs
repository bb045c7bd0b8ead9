using System.Device.Gpio;
using Iot.Device.Hcsr501;

namespace FaceAd.Player.Sensors;

/// <summary>HC-SR501. It signals each change; polling shows that it is still connected.</summary>
sealed class MotionSensor : CabinSensor
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
