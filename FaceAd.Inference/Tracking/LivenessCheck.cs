using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Inference.Tracking;

/// <summary>
/// Tells people from pictures of people by motion: nobody holds the head still to a hundredth of a face for long, and a poster moves
/// only with the wall. Each face is compared with its own look a moment ago, at the place where it would be had only the camera moved.
/// Looks are 32 x 32 grey pixels in memory: of who is in view, and of the places where there are pictures. Not thread-safe. Allocates
/// nothing per frame.
/// </summary>
sealed class LivenessCheck
{
    /// <summary>
    /// After this long without a move of its own a face is a picture: one that never moved, and one that has. Only time counts in which it
    /// looks the same and the camera's own motion is known.
    /// </summary>
    public static readonly TimeSpan StillAfter = TimeSpan.FromSeconds(20), StillAfterMoves = TimeSpan.FromSeconds(60);

    /// <summary>Least move of a person: about 2 mm in longer sides of the face, and in pixels, of which a part may be an error.</summary>
    const float LeastMove = 0.012f, LeastPixels = 0.5f;

    /// <summary>A move that no trembling camera explains, in longer sides of the face.</summary>
    const float MostTremble = 0.05f;

    /// <summary>A move that is no error of measurement when the look is the same at the new place.</summary>
    const float ClearMove = 0.1f;

    /// <summary>A move of the detector's box that no cover over a part of a face explains.</summary>
    const float LongMove = 0.35f;

    /// <summary>Least agreement of two looks of one face. What passes in front of it, and a turn of the head, leave less.</summary>
    const float Alike = 0.75f;

    /// <summary>Moves within <see cref="MovesWithin"/> of each other that show a person.</summary>
    const int Moves = 2;

    /// <summary>Least overlap with a known picture of a face that may be it; half of a picture can be covered.</summary>
    const float SamePlace = 0.25f;

    /// <summary>Side of a look in pixels.</summary>
    public const int Side = 32;

    static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(10); // longer than a track is kept without its face
    static readonly TimeSpan MovesWithin = TimeSpan.FromSeconds(3);
    static readonly TimeSpan UnlikeFor = TimeSpan.FromSeconds(1);

    static readonly ModelInput Format = ModelInput.Grey(Side, Side);

    readonly CameraShake _camera = new();
    readonly List<FaceUnderWatch> _faces = []; // as many as were seen at a time
    readonly List<FaceUnderWatch> _pictures = [];
    int _next;

    /// <summary>Number of faces in the last frame that are no people.</summary>
    public int StillFaces { get; private set; }

    /// <summary>Forgets the tracks, whose numbers start again. Where there are pictures of faces is not forgotten.</summary>
    public void Reset()
    {
        foreach (var face in _faces) Forget(face);
    }

    /// <summary>Looks at the faces of a frame.</summary>
    /// <param name="frame">The frame, with its faces described.</param>
    /// <param name="at">Capture time.</param>
    /// <param name="trackIds">Track of each face; 0 for none.</param>
    /// <param name="liveness">Receives what is known of each.</param>
    public void Update(FaceFrame frame, DateTimeOffset at, ReadOnlySpan<int> trackIds, Span<Liveness> liveness)
    {
        StillFaces = 0;
        // Nobody's look is kept for longer than it is of use.
        foreach (var face in _faces)
        {
            if (face.TrackId != 0 && at - face.SeenAt > Forgotten) Forget(face);
        }
        var found = frame.Detected.AsSpan(0, trackIds.Length);
        if (found.IsEmpty) return;
        Span<bool> live = stackalloc bool[found.Length];
        for (var i = 0; i < found.Length; i++) live[i] = Find(trackIds[i]) is { Liveness: Liveness.Live };
        _camera.Update(frame, live);
        for (var i = 0; i < found.Length; i++)
        {
            liveness[i] = trackIds[i] == 0 ? Liveness.Unknown : Watch(frame, found[i].Box, at, trackIds[i]);
            if (liveness[i] == Liveness.Still) StillFaces++;
        }
    }

    Liveness Watch(FaceFrame frame, FaceBox found, DateTimeOffset at, int trackId)
    {
        var place = Square(found);
        if (Find(trackId) is not { } face) return Begin(frame, place, at, trackId).Liveness;
        var since = at - face.SeenAt;
        face.SeenAt = at;
        var (moves, alike) = Compare(frame, face, place);
        if (moves > 0)
        {
            face.Moves = (at - face.Moves.At <= MovesWithin ? face.Moves.Count + moves : moves, at);
            Remember(frame, face, place);
            if (face.Moves.Count >= Moves) face.Liveness = Liveness.Live;
            if (face.Liveness == Liveness.Live) face.Unmoved = TimeSpan.Zero;
        }
        else if (alike)
        {
            face.UnlikeSince = null;
            if (_camera.IsKnown) face.Unmoved += since;
        }
        else if (at - (face.UnlikeSince ??= at) >= UnlikeFor) Remember(frame, face, place);

        // Whatever the tracker and the moves of somebody in front of it say: a picture that is where it was is a picture.
        if (FollowPicture(frame, place)) face.Liveness = Liveness.Still;
        else if (face.Liveness != Liveness.Still && face.Unmoved > (face.Liveness == Liveness.Live ? StillAfterMoves : StillAfter))
        {
            face.Liveness = Liveness.Still;
            if (_pictures.Count < FaceTracker.MaxTracks) _pictures.Add(new FaceUnderWatch());
            Remember(frame, _pictures[_next++ % FaceTracker.MaxTracks], face.Place);
        }
        return face.Liveness;
    }

    /// <summary>Finds the known picture of a face at a place, and goes with it where nothing shows how the camera moves.</summary>
    /// <returns>Whether there is one.</returns>
    bool FollowPicture(FaceFrame frame, FaceBox place)
    {
        foreach (var picture in _pictures)
        {
            if (picture.Place.IntersectionOverUnion(place) < SamePlace) continue;
            var match = Match(frame, picture, picture.Place);
            var (x, y) = (match.X / Side, match.Y / Side);
            if (match.Agreement < Alike || Length(x, y) >= 2 * Least(picture)) continue;
            // What the camera did while nothing showed it must not add up. At other times a move is a move: a person taken for a picture
            // is not to be followed.
            if (!_camera.IsKnown || picture.View != _camera.View) Shift(picture, x, y);
            return true;
        }
        return false;
    }

    /// <summary>Moves the place of a face, by a part of its side, to where it is in this view.</summary>
    void Shift(FaceUnderWatch face, float x, float y)
    {
        var there = face.Place;
        face.Place = there with { X = there.X + x * there.Width, Y = there.Y + y * there.Height };
        face.View = _camera.View;
    }

    static void Forget(FaceUnderWatch face)
    {
        (face.TrackId, face.SeenAt) = (0, default);
        Array.Clear(face.Look);
    }

    FaceUnderWatch? Find(int trackId)
    {
        foreach (var face in _faces)
        {
            if (face.TrackId == trackId) return face;
        }
        return null;
    }

    FaceUnderWatch Begin(FaceFrame frame, FaceBox place, DateTimeOffset at, int trackId)
    {
        var face = _faces.Count < FaceTracker.MaxTracks ? null : _faces[0];
        foreach (var other in _faces)
        {
            if (other.SeenAt < (face?.SeenAt ?? at - Forgotten)) face = other;
        }
        if (face is null) _faces.Add(face = new FaceUnderWatch());
        (face.TrackId, face.SeenAt, face.Unmoved, face.Moves) = (trackId, at, default, default);
        Remember(frame, face, place);
        face.Liveness = FollowPicture(frame, place) ? Liveness.Still : Liveness.Unknown;
        return face;
    }

    /// <summary>Compares a face with its look before.</summary>
    /// <returns>The moves that the difference counts for, and whether the face still looks the same.</returns>
    (int Moves, bool Alike) Compare(FaceFrame frame, FaceUnderWatch face, FaceBox place)
    {
        var size = face.Place.Width;
        var least = Least(face);
        // What still looks the same at the same place is there, wherever the tracker has gone on.
        var match = Match(frame, face, face.Place);
        if (match.Agreement >= Alike) return (Counts(match.X / Side, match.Y / Side) ? 1 : 0, Alike: true);
        var (x, y) = ((place.CentreX - face.Place.CentreX) / size, (place.CentreY - face.Place.CentreY) / size);
        match = Match(frame, face, face.Place with { X = face.Place.X + x * size, Y = face.Place.Y + y * size });
        if (match.Agreement < Alike) return (Length(x, y) >= LongMove ? 1 : 0, Alike: false);
        (x, y) = (x + match.X / Side, y + match.Y / Side);
        return (!Counts(x, y) ? 0 : Length(x, y) >= ClearMove && _camera.IsKnown ? Moves : 1, Alike: true);

        // A small one may be the camera's where nothing shows how that moves, such as before bare walls.
        bool IsMove(float length) => length >= (_camera.IsKnown || face.Liveness == Liveness.Live ? least : MostTremble);

        bool Counts(float ownX, float ownY) => !IsNewView(face, ownX, ownY) && IsMove(Length(ownX, ownY));
    }

    /// <summary>
    /// Whether this is the first picture of a view in which the camera's motion is known: what it did while the view changed is not, and a
    /// small move may be that. The face is followed to where it is, and its moves count from there.
    /// </summary>
    bool IsNewView(FaceUnderWatch face, float x, float y)
    {
        if (!_camera.IsKnown || face.View == _camera.View || face.Liveness == Liveness.Live || Length(x, y) >= MostTremble) return false;
        Shift(face, x, y);
        return true;
    }

    static float Least(FaceUnderWatch face) => Math.Max(LeastMove, LeastPixels / face.Place.Width);

    static float Length(float x, float y) => MathF.Sqrt(x * x + y * y);

    PictureMatch Match(FaceFrame frame, FaceUnderWatch face, FaceBox place)
    {
        var (now, earlier) = (frame.Liveness.Look, frame.Liveness.EarlierLook);
        Sample(frame, place, now);
        LivenessScratch.Read(face.Look, earlier);
        return PictureShift.Find(earlier, now, Side) ?? default;
    }

    void Remember(FaceFrame frame, FaceUnderWatch face, FaceBox place)
    {
        (face.Place, face.View, face.UnlikeSince) = (place, _camera.View, null);
        Sample(frame, place, frame.Liveness.Look);
        LivenessScratch.Keep(frame.Liveness.Look, face.Look);
    }

    void Sample(FaceFrame frame, FaceBox place, Span<float> look) => frame.Sampler.Sample(
        frame.Source, place with { X = place.X + _camera.Shift.X, Y = place.Y + _camera.Shift.Y }, Format, look);

    /// <summary>The square of a face, in the pixels of a camera that never moves.</summary>
    FaceBox Square(FaceBox found) => new(
        found.CentreX - found.LongerSide / 2 - _camera.Shift.X, found.CentreY - found.LongerSide / 2 - _camera.Shift.Y,
        found.LongerSide, found.LongerSide);
}
