using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Tracking;

/// <summary>
/// Tracks faces from frame to frame by position and size alone. Tracks and faces are matched greedily, best pair first. A track
/// without a face is kept for <paramref name="bridge"/>; the longer it waits, the further its face may have moved. Not thread-safe.
/// Allocates nothing per frame.
/// </summary>
/// <param name="bridge">How long a track is kept without a face, inclusive.</param>
public sealed class FaceTracker(TimeSpan bridge)
{
    /// <summary>Maximum number of concurrent tracks; further faces get no track.</summary>
    public const int MaxTracks = 16;

    /// <summary>Largest move of a face from one sighting to the next, in face sizes; grows by as much per second between them.</summary>
    const float Reach = 1;

    /// <summary>Largest factor by which a face's size changes between two sightings.</summary>
    const float Growth = 2;

    readonly Track[] _tracks = new Track[MaxTracks];
    int _count;
    int _newest;

    /// <summary>Drops every track and restarts numbering at 1.</summary>
    public void Reset() => (_count, _newest) = (0, 0);

    /// <summary>Matches the faces of a frame to tracks.</summary>
    /// <param name="at">Capture time, later than that of the previous frame.</param>
    /// <param name="faces">The faces.</param>
    /// <param name="trackIds">Receives the track of each face, from 1; 0 for a face without a track.</param>
    public void Update(DateTimeOffset at, ReadOnlySpan<Face> faces, Span<int> trackIds)
    {
        Forget(at);
        trackIds[..faces.Length].Clear();
        Span<bool> matched = stackalloc bool[MaxTracks];
        matched.Clear();
        Span<FaceBox> boxes = stackalloc FaceBox[faces.Length];
        for (var face = 0; face < faces.Length; face++) boxes[face] = faces[face].Box;
        var known = _count;
        while (Best(at, boxes, trackIds, matched[..known]) is { Track: >= 0 } best)
        {
            matched[best.Track] = true;
            trackIds[best.Face] = _tracks[best.Track].Id;
            _tracks[best.Track] = new Track(_tracks[best.Track].Id, boxes[best.Face], at);
        }
        for (var face = 0; face < faces.Length && _count < MaxTracks; face++)
        {
            if (trackIds[face] != 0) continue;
            trackIds[face] = ++_newest;
            _tracks[_count++] = new Track(_newest, faces[face].Box, at);
        }
    }

    /// <summary>Finds the tracks that would match none of these faces. Changes nothing.</summary>
    /// <param name="at">Capture time, later than that of the previous frame.</param>
    /// <param name="faces">The faces.</param>
    /// <param name="scale">Factors from the pixels of the faces to those of <see cref="Update"/>.</param>
    /// <param name="places">Receives the last box of each, in the pixels of the faces; at least <see cref="MaxTracks"/> entries.</param>
    /// <returns>Number of such tracks.</returns>
    internal int Missing(DateTimeOffset at, ReadOnlySpan<DetectedFace> faces, (float X, float Y) scale, Span<FaceBox> places)
    {
        if (_count == 0) return 0;
        Span<int> trackIds = stackalloc int[faces.Length];
        trackIds.Clear();
        Span<FaceBox> boxes = stackalloc FaceBox[faces.Length];
        for (var face = 0; face < faces.Length; face++) boxes[face] = faces[face].Box.Scale(scale.X, scale.Y);
        Span<bool> matched = stackalloc bool[MaxTracks];
        matched.Clear();
        // Expired tracks are marked as matched, so they are left out.
        for (var track = 0; track < _count; track++) matched[track] = at - _tracks[track].SeenAt > bridge;
        while (Best(at, boxes, trackIds, matched[.._count]) is { Track: >= 0 } best)
            (matched[best.Track], trackIds[best.Face]) = (true, _tracks[best.Track].Id);
        var missing = 0;
        for (var track = 0; track < _count; track++)
        {
            if (!matched[track]) places[missing++] = _tracks[track].Box.Scale(1 / scale.X, 1 / scale.Y);
        }
        return missing;
    }

    /// <summary>How well a face continues a track: higher is better; negative infinity when it cannot be the same face.</summary>
    internal static float Affinity(FaceBox track, FaceBox face, TimeSpan waited)
    {
        var (before, now) = (track.LongerSide, face.LongerSide);
        if (now > before * Growth || before > now * Growth) return float.NegativeInfinity;
        var distance =
            MathF.Sqrt(MathF.Pow(face.CentreX - track.CentreX, 2) + MathF.Pow(face.CentreY - track.CentreY, 2)) * 2 / (before + now);
        var overlap = track.IntersectionOverUnion(face);
        return distance > Reach * (1 + (float)waited.TotalSeconds) ? float.NegativeInfinity : overlap - distance;
    }

    (int Track, int Face) Best(DateTimeOffset at, ReadOnlySpan<FaceBox> faces, ReadOnlySpan<int> trackIds, ReadOnlySpan<bool> matched)
    {
        var (best, bestTrack, bestFace) = (float.NegativeInfinity, -1, -1);
        for (var track = 0; track < matched.Length; track++)
        {
            if (matched[track]) continue;
            for (var face = 0; face < faces.Length; face++)
            {
                if (trackIds[face] != 0) continue;
                var affinity = Affinity(_tracks[track].Box, faces[face], at - _tracks[track].SeenAt);
                if (affinity > best) (best, bestTrack, bestFace) = (affinity, track, face);
            }
        }
        return (bestTrack, bestFace);
    }

    void Forget(DateTimeOffset at)
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (at - _tracks[i].SeenAt <= bridge) _tracks[kept++] = _tracks[i];
        }
        _count = kept;
    }

    readonly record struct Track(int Id, FaceBox Box, DateTimeOffset SeenAt);
}
