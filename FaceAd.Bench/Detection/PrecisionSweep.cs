namespace FaceAd.Bench.Detection;

/// <summary>Finds the threshold for a target precision, with a weight per picture. Sorted once, swept often.</summary>
sealed class PrecisionSweep
{
    readonly (Judged Judged, int Picture)[] _boxes;
    readonly int[] _critical;

    /// <summary>Prepares the sweep.</summary>
    /// <param name="pictures">Outcomes for the boxes and faces of each picture.</param>
    public PrecisionSweep(IReadOnlyList<IReadOnlyList<Judged>> pictures)
    {
        _boxes = [.. pictures
            .SelectMany((picture, i) => picture.Select(j => (Judged: j, Picture: i)))
            .Where(b => (b.Judged.Hit || b.Judged.IsFalse) && SizeGroup.Counted.Holds(b.Judged.Height))
            .OrderByDescending(b => b.Judged.Score)];
        _critical = [.. pictures.Select(picture => picture.Count(j => !j.IsFalse && SizeGroup.Critical.Holds(j.Height)))];
    }

    /// <summary>The lowest threshold that reaches the precision, and its recall at 40-80 px.</summary>
    /// <param name="precision">The target precision over all sizes that count, 0..1.</param>
    /// <param name="weights">Weight of each picture.</param>
    /// <returns>Threshold null: none is precise enough, so nothing is found. Recall null: there are no such faces.</returns>
    public (float? Threshold, double? Recall) At(double precision, IReadOnlyList<int> weights)
    {
        var faces = 0;
        for (var i = 0; i < _critical.Length; i++) faces += weights[i] * _critical[i];
        var (right, wrong, found) = (0, 0, 0);
        var (threshold, lowest, best) = ((float?)null, 0f, 0);
        for (var i = 0; i < _boxes.Length; i++)
        {
            var (judged, picture) = _boxes[i];
            var weight = weights[picture];
            if (weight > 0) lowest = judged.Score;
            if (judged.Hit) right += weight;
            else wrong += weight;
            if (judged.Hit && SizeGroup.Critical.Holds(judged.Height)) found += weight;
            // Boxes with equal scores are taken together.
            if (i + 1 < _boxes.Length && _boxes[i + 1].Judged.Score == judged.Score) continue;
            if (right > 0 && right >= precision * (right + wrong)) (threshold, best) = (lowest, found);
        }
        return (threshold, faces == 0 ? null : (double)best / faces);
    }
}
