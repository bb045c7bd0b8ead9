using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>
/// Finds out whether a camera hangs turned: now and then, when there is somebody to see, the detector looks at the picture turned by 90,
/// 180 and 270 degrees as well. It finds some faces lying or upside down, but fewer and less sure, so the scores of many pictures decide.
/// Once they say that it hangs right, a look every few minutes is enough. Not thread-safe. Allocates nothing per frame.
/// </summary>
sealed class TurnCheck
{
    /// <summary>Interval between two looks, of three detector runs each, while they do not agree.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>Interval after a look that found nobody, and while all say that faces are upright.</summary>
    public static readonly TimeSpan EveryOfNobody = TimeSpan.FromMinutes(1), EveryOfUpright = TimeSpan.FromMinutes(5);

    /// <summary>Pictures with a face, however turned, before anything is said; and when older ones begin to count for less.</summary>
    public const int Least = 16, Memory = 32;

    /// <summary>
    /// By how much a turn must find more than the picture as it is. Of large faces upside down the detector finds all, and is surer by 4 %
    /// when they are upright.
    /// </summary>
    const double Better = 1.02;

    static readonly (int Degrees, int Orientation)[] Turns = [(90, 6), (180, 3), (270, 8)];

    readonly double[] _scores = new double[Turns.Length];
    readonly DetectedFace[] _found = new DetectedFace[FaceFrame.MaxFaces];
    double _upright;
    int _pictures;
    (int Width, int Height) _size;
    DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>
    /// By how many degrees clockwise the pictures must be turned for faces to be upright; 0 when they are, or too few were seen.
    /// </summary>
    public int Turn { get; private set; }

    /// <summary>Takes a searched frame. Its search results beyond <see cref="FaceFrame.Faces"/> are lost.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="at">Capture time.</param>
    /// <returns>Detector runs; 0 when it is not yet time for a look.</returns>
    public int Update(FaceFrame frame, DateTimeOffset at)
    {
        // Somebody has turned it.
        if ((frame.Width, frame.Height) != _size)
        {
            (_size, _upright, _pictures, Turn, _next) = ((frame.Width, frame.Height), 0, 0, 0, DateTimeOffset.MinValue);
            Array.Clear(_scores);
        }
        if (at < _next) return 0;
        var upright = Sum(frame.Detected.AsSpan(0, frame.Found));
        var turned = 0.0;
        for (var i = 0; i < Turns.Length; i++)
        {
            JpegOrientation.Turn(frame.Source, frame.Turned, Turns[i].Orientation);
            frame.Search.Begin(frame.Turned);
            var score = Sum(_found.AsSpan(0, frame.Search.Conclude(_found)));
            turned = Math.Max(turned, score);
            _scores[i] += score;
        }
        if (upright + turned > 0) Conclude(upright);
        _next = at + (upright + turned == 0 ? EveryOfNobody
            : Turn == 0 && _pictures >= Least && turned <= Better * upright ? EveryOfUpright : Every);
        return Turns.Length;
    }

    void Conclude(double upright)
    {
        _upright += upright;
        if (++_pictures >= Memory)
        {
            _pictures /= 2;
            _upright /= 2;
            foreach (ref var score in _scores.AsSpan()) score /= 2;
        }
        if (_pictures < Least) return;
        var best = Array.IndexOf(_scores, _scores.Max());
        Turn = _scores[best] > Better * _upright ? Turns[best].Degrees : 0;
    }

    static double Sum(ReadOnlySpan<DetectedFace> faces)
    {
        var sum = 0.0;
        foreach (var face in faces) sum += face.Score;
        return sum;
    }
}
