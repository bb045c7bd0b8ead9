using FaceAd.Inference.Imaging;
using FaceAd.Inference.Tracking;

namespace FaceAd.Inference.Detection;

/// <summary>
/// Searches for faces that the run over the whole frame missed, for one camera: at doubtful detections, around the last position of
/// lost tracks, and in the tile with the most motion away from known riders. A budget bounds the cost; a still cabin costs nothing.
/// Not thread-safe. Allocates nothing per frame.
/// </summary>
/// <param name="perSecond">Average detector runs per second beyond one per frame.</param>
sealed class WiderSearch(int perSecond)
{
    /// <summary>Second looks taken first. The rest of the budget goes to lost tracks and motion before further second looks.</summary>
    const int EarlyLooks = 2;

    /// <summary>Minimum number of moving cells in a tile that may be a person.</summary>
    const int LeastMotion = 3;

    readonly SearchBudget _budget = new(perSecond);
    readonly MotionGrid _motion = new();

    /// <summary>Whether something moved in the last frame.</summary>
    public bool SawMotion => _motion.Any;

    /// <summary>Finds the faces of a frame.</summary>
    /// <param name="frame">An opened frame; searched but not yet described afterwards.</param>
    /// <param name="tracker">The tracks up to the previous frame.</param>
    /// <param name="at">Capture time of the frame.</param>
    public SearchRuns Run(FaceFrame frame, FaceTracker tracker, DateTimeOffset at)
    {
        _budget.Advance(at);
        _motion.Update(frame.Source);
        var looks = FaceChain.Search(frame, Math.Min(EarlyLooks, _budget.Available));
        _budget.Spend(looks);

        Span<FaceBox> lost = stackalloc FaceBox[FaceTracker.MaxTracks];
        var lostCount = tracker.Missing(at, frame.Detected.AsSpan(0, frame.Found), frame.Scale, lost);
        Span<SearchPass> regions = stackalloc SearchPass[FaceTracker.MaxTracks + 1];
        var tracks = Math.Min(lostCount, _budget.Available);
        for (var i = 0; i < tracks; i++) regions[i] = new SearchPass(SearchRegions.Around(lost[i], frame.Search.Aspect), Expected: true);
        var tiles = 0;
        if (tracks < _budget.Available && MovingTile(frame, lost[..lostCount]) is { } moving) (regions[tracks], tiles) = (moving, 1);
        if (tracks + tiles == 0) return new SearchRuns(looks, 0, 0);

        _budget.Spend(tracks + tiles);
        var more = FaceChain.SearchMore(frame, regions[..(tracks + tiles)], _budget.Available);
        _budget.Spend(more);
        return new SearchRuns(looks + more, tracks, tiles);
    }

    /// <summary>The tile with the most motion away from known riders; null when there is too little.</summary>
    SearchPass? MovingTile(FaceFrame frame, ReadOnlySpan<FaceBox> lost)
    {
        Span<bool> free = stackalloc bool[MotionGrid.Columns * MotionGrid.Rows];
        var any = false;
        for (var cell = 0; cell < free.Length; cell++)
        {
            var (column, row) = (cell % MotionGrid.Columns, cell / MotionGrid.Columns);
            free[cell] = _motion.Moved(column, row) && !IsOfRider(_motion.Cell(column, row), frame, lost);
            any |= free[cell];
        }
        if (!any) return null;
        Span<SearchPass> tiles = stackalloc SearchPass[SearchRegions.MaxTiles];
        tiles = tiles[..frame.Search.Tiles(frame.Source, tiles)];
        var (best, most) = (-1, LeastMotion - 1);
        for (var tile = 0; tile < tiles.Length; tile++)
        {
            var moving = 0;
            for (var cell = 0; cell < free.Length; cell++)
            {
                if (free[cell] && Holds(tiles[tile].Region, _motion.Cell(cell % MotionGrid.Columns, cell / MotionGrid.Columns))) moving++;
            }
            if (moving > most) (best, most) = (tile, moving);
        }
        return best < 0 ? null : tiles[best];
    }

    /// <summary>Whether a cell belongs to a rider whose face is known: head, shoulders and everything below.</summary>
    static bool IsOfRider(FaceBox cell, FaceFrame frame, ReadOnlySpan<FaceBox> lost)
    {
        foreach (var face in frame.Detected.AsSpan(0, frame.Found))
        {
            if (IsBelow(face.Box, cell)) return true;
        }
        foreach (var face in lost)
        {
            if (IsBelow(face, cell)) return true;
        }
        return false;
    }

    static bool IsBelow(FaceBox face, FaceBox cell) =>
        MathF.Abs(cell.CentreX - face.CentreX) < 2 * face.Width && cell.Bottom > face.Y - 0.75f * face.Height;

    static bool Holds(FaceBox region, FaceBox cell) =>
        cell.CentreX >= region.X && cell.CentreX < region.Right && cell.CentreY >= region.Y && cell.CentreY < region.Bottom;
}
