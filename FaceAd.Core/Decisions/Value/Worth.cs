namespace FaceAd.Core.Decisions.Value;

/// <summary>What one more exposure of a person is worth to a campaign, beside the first.</summary>
/// <param name="Repeat">Factor of each exposure before it, 0..1: below 1, new people are preferred.</param>
/// <param name="Enough">Exposures after which another one is worth nothing; 0 for no such number.</param>
public readonly record struct Worth(double Repeat, int Enough)
{
    /// <summary>Each is worth the same.</summary>
    public static Worth Same { get; } = new(1, 0);

    /// <summary>Whether it depends on what a person has seen.</summary>
    public bool Depends => Repeat < 1 || Enough > 0;

    /// <summary>The worth, 0..1.</summary>
    /// <param name="exposures">Exposures of the person so far.</param>
    public double Of(int exposures) => Enough > 0 && exposures >= Enough ? 0 : Repeat < 1 ? Math.Pow(Repeat, exposures) : 1;
}
