namespace FaceAd.Web.Audiences;

/// <summary>
/// How attention grew during a presence: cumulative attentive seconds at some moments of it, as reported. Piecewise linear from
/// (0, 0). Made so that the order in which reports arrive, and how often, does not matter.
/// </summary>
/// <param name="At">Seconds since the presence began, rising, above 0; at most <see cref="MaxSamples"/>.</param>
/// <param name="Seconds">Attentive seconds until then; as many.</param>
sealed record AttentionSamples(float[] At, float[] Seconds)
{
    /// <summary>
    /// The most samples kept: ten minutes of a report a second. Beyond that the newest one takes the place of the one before.
    /// </summary>
    public const int MaxSamples = 600;

    /// <summary>Nothing is known.</summary>
    public static AttentionSamples Empty { get; } = new([], []);

    /// <summary>The curve with one more report; this same one when the report adds nothing.</summary>
    /// <param name="presence">Length of the presence at the report.</param>
    /// <param name="attentive">Attentive seconds until then.</param>
    public AttentionSamples With(TimeSpan presence, double attentive)
    {
        var (at, seconds) = ((float)presence.TotalSeconds, (float)attentive);
        if (!(at > 0)) return this;
        var place = Array.BinarySearch(At, at);
        if (place >= 0)
        {
            // Attention only grows: of two samples of one moment, keep the larger.
            if (Seconds[place] >= seconds) return this;
            var risen = (float[])Seconds.Clone();
            risen[place] = seconds;
            return this with { Seconds = risen };
        }
        place = ~place;
        if (At.Length < MaxSamples)
            return new AttentionSamples([.. At[..place], at, .. At[place..]], [.. Seconds[..place], seconds, .. Seconds[place..]]);
        // Keep the first ones and the newest: the result does not depend on the order of arrival.
        const int first = MaxSamples - 1;
        if (place > first) return new AttentionSamples([.. At[..first], at], [.. Seconds[..first], seconds]);
        if (place == first) return this;
        return new AttentionSamples(
            [.. At[..place], at, .. At[place..(first - 1)], At[first]],
            [.. Seconds[..place], seconds, .. Seconds[place..(first - 1)], Seconds[first]]);
    }
}
