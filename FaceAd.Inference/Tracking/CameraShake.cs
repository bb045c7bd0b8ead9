using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Inference.Tracking;

/// <summary>
/// Follows how far the whole picture has moved: a camera in a cabin that trembles moves everything alike. Parts of the picture are
/// compared with an earlier one and vote, each textured part once, so that a rider in bright clothes before a plain wall is no earthquake:
/// without agreement over most of the picture the camera counts as steady. The earlier picture is small and stays in memory; it is replaced
/// when the view has changed. Not thread-safe. Allocates nothing per frame.
/// </summary>
sealed class CameraShake
{
    /// <summary>Size of the small picture, and length of the smaller one in which far moves are found.</summary>
    public const int Width = 96, Height = 72, CoarseLength = Width / Coarse * (Height / Coarse);

    const int Coarse = 4;

    /// <summary>Parts across and down.</summary>
    const int Columns = 6, Rows = 4;

    /// <summary>Least agreement of a part with the earlier picture.</summary>
    const float Alike = 0.8f;

    /// <summary>How far two parts may differ that move alike, in pixels of the small picture.</summary>
    const float Together = 0.35f;

    /// <summary>How many parts at least must move alike, how many columns and rows they span, and their share of all that vote.</summary>
    const int LeastParts = 4, ColumnsOfMost = 3, RowsOfMost = 2;

    const float Most = 0.6f;

    /// <summary>The furthest that a camera trembles, in pixels of the small picture: 4 % of its width.</summary>
    const float Furthest = 4;

    static readonly ModelInput Format = ModelInput.Grey(Width, Height);

    readonly byte[] _earlier = new byte[Width * Height];
    readonly bool[] _ridersNow = new bool[Columns * Rows];
    readonly bool[] _ridersEarlier = new bool[Columns * Rows];
    (int Width, int Height) _size;
    (float X, float Y) _before;

    /// <summary>How far the picture has moved since the first one, in pixels.</summary>
    public (float X, float Y) Shift { get; private set; }

    /// <summary>Whether this picture could be compared; otherwise the camera counts as steady since the last one that could.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>
    /// Number of earlier pictures so far. What the camera did between the last picture that could be compared with one and the next one is
    /// not in <see cref="Shift"/>: places are off by it in another view.
    /// </summary>
    public int View { get; private set; }

    /// <summary>Takes the next picture.</summary>
    /// <param name="frame">The frame. Where the heads of its faces are, nothing votes.</param>
    /// <param name="live">Which of the faces are people's; their bodies do not vote either.</param>
    public void Update(FaceFrame frame, ReadOnlySpan<bool> live)
    {
        var (picture, scratch) = (frame.Source, frame.Liveness);
        frame.Sampler.Sample(picture, new FaceBox(0, 0, picture.Width, picture.Height), Format, scratch.Picture);
        var (scaleX, scaleY) = ((float)picture.Width / Width, (float)picture.Height / Height);
        MarkRiders(frame.Detected, live, scaleX, scaleY);
        var shift = _size == (picture.Width, picture.Height) ? Compare(scratch) : null;
        IsKnown = shift is not null;
        if (shift is var (x, y))
        {
            Shift = (_before.X + x * scaleX, _before.Y + y * scaleY);
            return;
        }
        (_before, _size, View) = (Shift, (picture.Width, picture.Height), View + 1);
        LivenessScratch.Keep(scratch.Picture, _earlier);
        _ridersNow.CopyTo(_ridersEarlier, 0);
    }

    /// <summary>The shift that most parts share; null when they do not agree.</summary>
    (float X, float Y)? Compare(LivenessScratch scratch)
    {
        LivenessScratch.Read(_earlier, scratch.EarlierPicture);
        Shrink(scratch.Picture, scratch.Coarse);
        Shrink(scratch.EarlierPicture, scratch.EarlierCoarse);
        var far = PictureShift.Find(scratch.EarlierCoarse, scratch.Coarse, Width / Coarse) is { Agreement: >= Alike } coarse
            ? (coarse.X * Coarse, coarse.Y * Coarse) : default;
        Span<PictureMatch> votes = stackalloc PictureMatch[Columns * Rows];
        Span<int> voters = stackalloc int[Columns * Rows];
        var count = 0;
        for (var part = 0; part < votes.Length; part++)
        {
            if (_ridersEarlier[part] || _ridersNow[part] || Vote(scratch, part, far) is not { } vote) continue;
            voters[count] = part;
            votes[count++] = vote;
        }
        if (count == 0) return null;
        var (best, most) = (0, 0);
        for (var candidate = 0; candidate < count; candidate++)
        {
            var alike = 0;
            foreach (var vote in votes[..count]) alike += Agree(vote, votes[candidate]) ? 1 : 0;
            if (alike > most) (best, most) = (candidate, alike);
        }
        var (sumX, sumY, weight, left, right, top, bottom) = (0f, 0f, 0f, Columns, -1, Rows, -1);
        for (var i = 0; i < count; i++)
        {
            if (!Agree(votes[i], votes[best])) continue;
            // Alike they count by how well they know it: by the inverse of the variance.
            var (x, y, _, known) = votes[i];
            (sumX, sumY, weight) = (sumX + known * x, sumY + known * y, weight + known);
            var (column, row) = (voters[i] % Columns, voters[i] / Columns);
            (left, right, top, bottom) = (Math.Min(left, column), Math.Max(right, column), Math.Min(top, row), Math.Max(bottom, row));
        }
        return most < LeastParts || most < Most * count || right - left + 1 < ColumnsOfMost || bottom - top + 1 < RowsOfMost
            || Math.Max(Math.Abs(votes[best].X), Math.Abs(votes[best].Y)) > Furthest
            ? null : (sumX / weight, sumY / weight);
    }

    static PictureMatch? Vote(LivenessScratch scratch, int part, (float X, float Y) far)
    {
        var where = new PictureShift.Part(
            part % Columns * (Width / Columns), part / Columns * (Height / Rows), Width / Columns, Height / Rows);
        var match = PictureShift.Find(scratch.EarlierPicture, scratch.Picture, Width, where);
        if (match is { Agreement: < Alike }) match = PictureShift.Find(scratch.EarlierPicture, scratch.Picture, Width, where, far);
        return match is { Agreement: >= Alike } ? match : null; // what passes there has no vote
    }

    static bool Agree(PictureMatch one, PictureMatch other) =>
        Math.Abs(one.X - other.X) <= Together && Math.Abs(one.Y - other.Y) <= Together;

    void MarkRiders(ReadOnlySpan<DetectedFace> faces, ReadOnlySpan<bool> live, float scaleX, float scaleY)
    {
        Array.Clear(_ridersNow);
        for (var i = 0; i < live.Length; i++)
        {
            var box = faces[i].Box.Scale(Columns / (scaleX * Width), Rows / (scaleY * Height));
            var reach = (live[i] ? 1.5f : 1) * box.Width;
            var bottom = live[i] ? Rows : box.Bottom + 0.5f * box.Height;
            for (var row = 0; row < Rows; row++)
            {
                for (var column = 0; column < Columns; column++)
                {
                    // By the middle of a part: a corner of a shoulder in it is outvoted.
                    _ridersNow[row * Columns + column] |= Math.Abs(column + 0.5f - box.CentreX) < reach
                        && row + 0.5f > box.Y - 0.75f * box.Height && row + 0.5f < bottom;
                }
            }
        }
    }

    static void Shrink(ReadOnlySpan<float> fine, Span<float> coarse)
    {
        coarse.Clear();
        for (var i = 0; i < fine.Length; i++)
            coarse[i / Width / Coarse * (Width / Coarse) + i % Width / Coarse] += fine[i] / (Coarse * Coarse);
    }
}
