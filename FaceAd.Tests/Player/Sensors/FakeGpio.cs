using System.Device.Gpio;
using System.Diagnostics;

namespace FaceAd.Tests.Player.Sensors;

/// <summary>A GPIO chip: inputs are set by hand, and an ultrasonic sensor answers by the time that sound takes.</summary>
internal sealed class FakeGpio : GpioDriver
{
    readonly Lock _lock = new();
    readonly Dictionary<int, bool> _levels = [];
    readonly Dictionary<int, PinMode> _modes = [];
    readonly List<(int Pin, PinEventTypes Types, PinChangeEventHandler Callback)> _callbacks = [];
    long _triggered;

    /// <summary>Pins of the ultrasonic sensor.</summary>
    public (int Trigger, int Echo)? Sonar { get; init; }

    /// <summary>The distance that it measures; null: no echo comes.</summary>
    public double? Metres { get; set; }

    /// <summary>What reading any pin throws; null: nothing.</summary>
    public Exception? Broken { get; set; }

    /// <summary>While reset, reading any pin hangs.</summary>
    public ManualResetEventSlim Answers { get; } = new(true);

    public bool IsDisposed { get; private set; }

    protected override int PinCount => 28;

    /// <summary>Changes the level of an input, and tells those whom it concerns.</summary>
    public void Set(int pin, bool high)
    {
        List<PinChangeEventHandler> concerned;
        var edge = high ? PinEventTypes.Rising : PinEventTypes.Falling;
        lock (_lock)
        {
            _levels[pin] = high;
            concerned = [.. _callbacks.Where(c => c.Pin == pin && (c.Types & edge) != 0).Select(c => c.Callback)];
        }
        foreach (var callback in concerned) callback(this, new PinValueChangedEventArgs(edge, pin));
    }

    protected override void OpenPin(int pinNumber) => _modes[pinNumber] = PinMode.Input;

    protected override void ClosePin(int pinNumber) => _modes.Remove(pinNumber);

    protected override void SetPinMode(int pinNumber, PinMode mode) => _modes[pinNumber] = mode;

    protected override PinMode GetPinMode(int pinNumber) => _modes[pinNumber];

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinValue Read(int pinNumber)
    {
        Answers.Wait();
        if (Broken is { } broken) throw broken;
        if (pinNumber == Sonar?.Echo) return Echoes();
        lock (_lock) return _levels.GetValueOrDefault(pinNumber) ? PinValue.High : PinValue.Low;
    }

    protected override void Write(int pinNumber, PinValue value)
    {
        // The pulse ends and the sound starts.
        if (pinNumber == Sonar?.Trigger && value == PinValue.Low) _triggered = Stopwatch.GetTimestamp();
    }

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
        lock (_lock) _callbacks.Add((pinNumber, eventTypes, callback));
    }

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback)
    {
        lock (_lock) _callbacks.RemoveAll(c => c.Pin == pinNumber && c.Callback == callback);
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    // The echo line is high for as long as the sound is on its way, there and back.
    PinValue Echoes()
    {
        if (Metres is not { } metres) return PinValue.Low;
        var silent = TimeSpan.FromMilliseconds(0.5);
        var since = Stopwatch.GetElapsedTime(_triggered);
        return since >= silent && since < silent + TimeSpan.FromSeconds(2 * metres / 343) ? PinValue.High : PinValue.Low;
    }
}
