namespace FaceAd.Bench.Detection;

/// <summary>Which threshold gives a wanted precision, for pictures that count any number of times. Sorted once, swept often.</summary>
sealed class PrecisionSweep
{
    readonly (Judged Judged, int Picture)[] _boxes;
    readonly int[] _critical;

    /// <summary>Prepares the sweep.</summary>
    /// <param name="pictures">What became of the boxes and faces of each picture.</param>
    public PrecisionSweep(IReadOnlyList<IReadOnlyList<Judged>> pictures)
    {
        _boxes = [.. pictures
            .SelectMany((picture, i) => picture.Select(j => (Judged: j, Picture: i)))
            .Where(b => (b.Judged.Hit || b.Judged.IsFalse) && SizeGroup.Counted.Holds(b.Judged.Height))
            .OrderByDescending(b => b.Judged.Score)];
        _critical = [.. pictures.Select(picture => picture.Count(j => !j.IsFalse && SizeGroup.Critical.Holds(j.Height)))];
    }

    /// <summary>The lowest threshold whose boxes are right often enough, and the recall at 40-80 px that it gives.</summary>
    /// <param name="precision">The wanted precision over all sizes that count, 0..1.</param>
    /// <param name="weights">How often each picture counts.</param>
    /// <returns>No threshold: none is precise enough, and nothing is found. No recall: there are no such faces.</returns>
    public (float? Threshold, double? Recall) At(double precision, IReadOnlyList<int> weights)
    {
        var faces = 0;
        for (var i = 0; i < _critical.Length; i++) faces += weights[i] * _critical[i];
        var (right, wrong, found) = (0, 0, 0);
        var (threshold, best) = ((float?)null, 0);
        for (var i = 0; i < _boxes.Length; i++)
        {
            var (judged, picture) = _boxes[i];
            var weight = weights[picture];
            if (judged.Hit) right += weight;
            else wrong += weight;
            if (judged.Hit && SizeGroup.Critical.Holds(judged.Height)) found += weight;
            // Boxes of the same score are taken together.
            if (i + 1 < _boxes.Length && _boxes[i + 1].Judged.Score == judged.Score) continue;
            if (right > 0 && right >= precision * (right + wrong)) (threshold, best) = (judged.Score, found);
        }
        return (threshold, faces == 0 ? null : (double)best / faces);
    }
}
