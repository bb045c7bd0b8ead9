using System.Globalization;
using FaceAd.Core;

namespace FaceAd.Player.Outbox;

/// <summary>
/// Names of the outbox's files, in the order of sending: <c>TIME-PLAY.json</c>, and once sealed <c>TIME-PLAY.KEY-NUMBER.json</c>. The name
/// says what is in the chain, so that no file has to be read for it.
/// </summary>
static class OutboxName
{
    const string Ending = ".json";
    const int KeyLength = 16;

    public static string Of(PlayReport report) => $"{report.StartedAt.ToUnixTimeMilliseconds():D15}-{report.PlayId:N}{Ending}";

    /// <summary>The name after sealing.</summary>
    /// <param name="name">The name before.</param>
    /// <param name="fingerprint">Fingerprint of the key.</param>
    /// <param name="number">Number in its chain.</param>
    public static string Sealed(string name, string fingerprint, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{name[..^Ending.Length]}.{fingerprint[..KeyLength]}-{number}{Ending}");

    public static bool IsSealed(string name) => name.IndexOf('.', StringComparison.Ordinal) < name.Length - Ending.Length;

    /// <summary>The name before sealing.</summary>
    public static string Unsealed(string name) => name[..name.IndexOf('.', StringComparison.Ordinal)] + Ending;

    /// <summary>Number in a key's chain; 0 when this key has not sealed it.</summary>
    public static long NumberOf(string name, string fingerprint)
    {
        if (!IsSealed(name)) return 0;
        var mark = name.AsSpan(name.IndexOf('.', StringComparison.Ordinal) + 1)[..^Ending.Length];
        return mark.StartsWith(fingerprint.AsSpan(0, KeyLength), StringComparison.Ordinal) && mark.Length > KeyLength + 1
            && long.TryParse(mark[(KeyLength + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
