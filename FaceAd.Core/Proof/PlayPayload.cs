using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FaceAd.Core.Proof;

/// <summary>
/// What a player signs of a play: one line of ASCII with everything that its report says, and the screen. Times are in UTC, cut to the
/// microsecond, as the server stores them. The first word is the version: a field is added or changed only under another one.
/// </summary>
public static class PlayPayload
{
    private const string Version = "facead-play-1";
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const string None = "none";

    private static readonly string[] Names =
        ["screen", "play", "decision", "creative", "started", "ended", "end", "measured", "frames"];

    /// <summary>The line of a report; its seal is not part of it.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="report">The report.</param>
    public static string Write(Guid screenId, PlayReport report)
    {
        string[] values =
        [
            screenId.ToString(), report.PlayId.ToString(), report.DecisionId?.ToString() ?? None, report.CreativeId.ToString(),
            Word(report.StartedAt), Word(report.EndedAt), Word(report.End), report.Measured ? "yes" : "no",
            report.FramesPresented.ToString(CultureInfo.InvariantCulture),
        ];
        return $"{Version} {string.Join(' ', Names.Zip(values, (name, value) => $"{name}={value}"))}";
    }

    /// <summary>Reads a line; null unless it is exactly what <see cref="Write"/> writes.</summary>
    /// <param name="text">The line.</param>
    public static (Guid ScreenId, PlayReport Report)? Read(string text)
    {
        var words = text.Split(' ');
        if (words.Length != Names.Length + 1) return null;
        var values = words.Skip(1).Select(w => w[(w.IndexOf('=', StringComparison.Ordinal) + 1)..]).ToArray();
        if (!Guid.TryParse(values[0], out var screen) || !Guid.TryParse(values[1], out var play)
            || !Guid.TryParse(values[3], out var creative) || Read(values[4], out var started) is false
            || Read(values[5], out var ended) is false || !Enum.TryParse<PlayEnd>(values[6], ignoreCase: true, out var end)
            || !int.TryParse(values[8], NumberStyles.Integer, CultureInfo.InvariantCulture, out var frames)) return null;
        var report = new PlayReport
        {
            PlayId = play,
            DecisionId = Guid.TryParse(values[2], out var decision) ? decision : null,
            CreativeId = creative,
            StartedAt = started,
            EndedAt = ended,
            End = end,
            Measured = values[7] == "yes",
            FramesPresented = frames,
        };
        return Write(screen, report) == text ? (screen, report) : null; // whatever was read loosely above
    }

    /// <summary>SHA-256 of a line.</summary>
    /// <param name="text">The line.</param>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string Word(DateTimeOffset at) => at.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture);

    private static bool Read(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);

    private static string Word(PlayEnd end) => end switch
    {
        PlayEnd.Completed => "completed",
        PlayEnd.Interrupted => "interrupted",
        _ => "failed",
    };
}
