using System.Globalization;
using FaceAd.Core;

namespace FaceAd.Player.Sensors;

/// <summary>A sensor and its wiring. Pins are GPIO line numbers, not header pins.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="Pins">Its GPIO lines: output of a motion sensor; trigger and echo of an ultrasonic one; empty for one on a bus.</param>
/// <param name="Bus">Number of its I2C bus; null when it is not on one.</param>
sealed record SensorSetting(SensorKind Kind, IReadOnlyList<int> Pins, int? Bus = null)
{
    const int LastPin = 511;
    const int LastBus = 99;

    /// <summary>Display name.</summary>
    public string Name => (Kind, Bus) switch
    {
        (SensorKind.Motion, _) => $"motion sensor on GPIO {Pins[0]}",
        (_, { } bus) => $"distance sensor on I2C bus {bus}",
        _ => $"distance sensor on GPIO {Pins[0]} and {Pins[1]}",
    };

    /// <summary>Parses one sensor: <c>motion:17</c>, <c>distance:23,24</c> (trigger, echo) or <c>distance:i2c-1</c>.</summary>
    /// <exception cref="SettingsException">The text is none of these.</exception>
    public static SensorSetting Parse(string text)
    {
        var parts = text.Split(':', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : "") switch
        {
            ("motion", var rest) when Numbers(rest, LastPin) is [var pin] => new(SensorKind.Motion, [pin]),
            ("distance", var rest) when rest.StartsWith("i2c-", StringComparison.Ordinal) && Numbers(rest[4..], LastBus) is [var bus] =>
                new(SensorKind.Distance, [], bus),
            ("distance", var rest) when Numbers(rest, LastPin) is [var trigger, var echo] && trigger != echo =>
                new(SensorKind.Distance, [trigger, echo]),
            _ => throw new SettingsException($"--sensor {text} is not one of motion:PIN, distance:TRIGGER,ECHO, distance:i2c-BUS, such as motion:17, distance:23,24, distance:i2c-1."),
        };
    }

    /// <summary>Parses all sensors of a screen.</summary>
    /// <exception cref="SettingsException">One is invalid, there are too many, or two use the same pin or bus.</exception>
    public static IReadOnlyList<SensorSetting> ParseAll(IEnumerable<string> texts)
    {
        SensorSetting[] sensors = [.. texts.Select(Parse)];
        if (sensors.Length > Heartbeat.MaxSensors)
            throw new SettingsException($"--sensor is given {sensors.Length} times; a screen has at most {Heartbeat.MaxSensors} sensors.");
        if (Twice(sensors.SelectMany(s => s.Pins)) is { } pin) throw new SettingsException($"--sensor uses GPIO {pin} twice.");
        if (Twice(sensors.Select(s => s.Bus).OfType<int>()) is { } bus) throw new SettingsException($"--sensor uses I2C bus {bus} twice.");
        return sensors;
    }

    static int? Twice(IEnumerable<int> wires) => wires.GroupBy(w => w).FirstOrDefault(g => g.Count() > 1)?.Key;

    // Empty when any part is not a valid number.
    static int[] Numbers(string text, int last)
    {
        var numbers = text.Split(',').Select(n =>
            int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= last ? number : -1).ToArray();
        return numbers.Contains(-1) ? [] : numbers;
    }
}
