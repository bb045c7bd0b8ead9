namespace FaceAd.Web.Audiences.Persons;

/// <summary>
/// Impostor scores of restored people: each person is compared with a drawn sample of the others, so that restoring a
/// site takes time in proportion to its people. Up to the sample's size everyone is compared with everyone.
/// </summary>
/// <param name="sample">The most people to compare with.</param>
sealed class RestoredImpostors(int sample)
{
    /// <summary>People to compare with: their mean is known to 0.044 deviations then, and their deviation to 3 %.</summary>
    public const int DefaultSample = 512;

    private const int Seed = 1;

    // Impostors that are compared in one pass over the rows: at most 32 KB of views, which stay in the processor's nearest cache.
    private const int Together = 8;

    /// <summary>Compares.</summary>
    /// <param name="rows">Views of all people.</param>
    /// <param name="persons">Number of people.</param>
    /// <param name="speakersOf">The rows that represent a person as an impostor; one or two.</param>
    /// <param name="impostors">Takes the result, by person.</param>
    public void Estimate(ViewRows rows, int persons, Func<int, int[]> speakersOf, ScoreNormalisation[] impostors)
    {
        Array.Clear(impostors);
        var drawn = Enumerable.Range(0, persons).ToArray();
        if (persons > sample) new Random(Seed).Shuffle(drawn);
        float[] nearest = [];
        foreach (var others in drawn.Take(sample).Chunk(Together))
        {
            var speakers = others.Select(speakersOf).ToArray();
            var count = speakers.Sum(s => s.Length);
            if (nearest.Length < persons * count) nearest = new float[persons * count];
            Compare(rows, others, speakers, impostors.AsSpan(0, persons), nearest.AsSpan(0, persons * count));
        }
    }

    private static void Compare(ViewRows rows, int[] others, int[][] speakers, Span<ScoreNormalisation> impostors, Span<float> nearest)
    {
        var views = new float[speakers.Sum(s => s.Length) * ViewRows.Length];
        var written = 0;
        foreach (var row in speakers.SelectMany(s => s)) rows[row].CopyTo(views.AsSpan(written++ * ViewRows.Length));
        rows.FindNearest(views, nearest);
        var at = 0;
        for (var person = 0; person < impostors.Length; person++)
        {
            for (var i = 0; i < others.Length; at += speakers[i++].Length)
            {
                var sum = (double)nearest[at] + (speakers[i].Length > 1 ? nearest[at + 1] : 0);
                if (others[i] != person) impostors[person].Add(sum / speakers[i].Length);
            }
        }
    }
}
