using System.Globalization;

namespace FaceAd.Bench.Demonstration;

/// <summary>Where one layer of a film is at a moment.</summary>
/// <param name="X">Pixels to the right of its drawn place.</param>
/// <param name="Y">Pixels below its drawn place.</param>
/// <param name="Scale">1 = as drawn.</param>
/// <param name="Degrees">Turn, clockwise.</param>
/// <param name="Opacity">0 to 1.</param>
readonly record struct Pose(double X, double Y, double Scale, double Degrees, double Opacity);

/// <summary>How one layer of a film moves, written in the film's page as <c>data-motion="at:0.5 enter:left bob:8 period:3"</c>.</summary>
/// <remarks>
/// <c>at</c>, <c>until</c>: seconds of appearing and going. <c>enter</c>: pop, left, right, up, down, fade. <c>slide</c>, <c>fall</c>,
/// <c>rise</c>: pixels a second, <c>stop</c> ends a rise (seconds), <c>from</c> is where a slide begins; <c>wrap</c>, <c>wrapy</c>: the way
/// repeats after so many pixels. <c>spin</c>: degrees a second; <c>bob</c> (pixels), <c>sway</c> (degrees), <c>pulse</c> (share): swing with
/// <c>period</c> (seconds) and <c>phase</c> (0..1). <c>scale</c>, <c>opacity</c>: constant. <c>pivot:x,y</c>: the middle of turning.
/// </remarks>
sealed class Motion
{
    const double EnterSeconds = 0.6;
    const double LeaveSeconds = 0.35;
    readonly Dictionary<string, string> _words;

    Motion(Dictionary<string, string> words) => _words = words;

    /// <summary>The middle of turning and scaling on the stage, when it is not the middle of the layer.</summary>
    public (double X, double Y)? Pivot => _words.TryGetValue("pivot", out var pivot) && pivot.Split(',') is [var x, var y]
        ? (Parse(x), Parse(y))
        : null;

    /// <summary>Reads the words of a <c>data-motion</c> attribute.</summary>
    /// <param name="text">Words <c>name:value</c> between spaces; may be empty.</param>
    /// <exception cref="FormatException">A word has no value.</exception>
    public static Motion Read(string text)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = word.Split(':');
            if (parts.Length != 2) throw new FormatException($"'{word}' is not name:value.");
            words[parts[0]] = parts[1];
        }
        return new Motion(words);
    }

    /// <summary>Where the layer is.</summary>
    /// <param name="time">Seconds since the film began.</param>
    /// <param name="middle">Vertical middle of the layer on the stage, pixels from the top; matters only for layers that fall.</param>
    public Pose At(double time, double middle)
    {
        var kind = _words.GetValueOrDefault("enter", "none");
        var entered = kind == "none" ? 1 : Math.Clamp((time - Number("at")) / EnterSeconds, 0, 1);
        var left = Math.Clamp((time - Number("until", double.MaxValue)) / LeaveSeconds, 0, 1);
        var away = Math.Pow(1 - entered, 3);
        var swing = Math.Sin(2 * Math.PI * (time / Number("period", 3) + Number("phase")));

        var x = Number("from") + Number("slide") * time;
        if (_words.ContainsKey("wrap")) x %= Number("wrap");
        var y = Number("bob") * swing - Number("rise") * Math.Min(time, Number("stop", double.MaxValue));
        if (_words.ContainsKey("wrapy"))
        {
            var period = Number("wrapy");
            y += (middle + 40 + Number("fall") * time + Number("phase") * period) % period - 40 - middle;
        }
        x += kind switch { "left" => -90 * away, "right" => 160 * away, _ => 0 };
        y += kind switch { "up" => 60 * away, "down" => -90 * away, _ => 0 } - 24 * left * left;

        return new Pose(
            x, y,
            Number("scale", 1) * (1 + Number("pulse") * swing) * (kind == "pop" ? Overshoot(entered) : 1),
            Number("spin") * time + Number("sway") * swing,
            Number("opacity", 1) * Math.Min(1, entered * 1.6) * (1 - left));
    }

    /// <summary>0 to 1 with a small swing beyond: the usual "back" easing.</summary>
    static double Overshoot(double t) => 1 + 2.4 * Math.Pow(t - 1, 3) + 1.4 * Math.Pow(t - 1, 2);

    static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    double Number(string name, double otherwise = 0) => _words.TryGetValue(name, out var text) ? Parse(text) : otherwise;
}
