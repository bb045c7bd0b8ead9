using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>Regions of a picture for a closer look. All keep the aspect ratio of the detector's input, so faces keep theirs.</summary>
static class SearchRegions
{
    /// <summary>Maximum number of tiles per picture.</summary>
    public const int MaxTiles = 12;

    /// <summary>Width of a tile as a share of the picture's longer side.</summary>
    const float TileShare = 0.625f;

    /// <summary>Minimum overlap of neighbouring tiles, as a share of their side, so that a face cut by one is whole in another.</summary>
    const float LeastOverlap = 0.25f;

    /// <summary>Height of a second look in multiples of the face's longer side: the face then has 40 of the detector's 240 rows.</summary>
    const float LookHeights = 6;

    /// <summary>Overlapping tiles that cover a picture: 2 x 2 for common cameras.</summary>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <param name="aspect">Width over height of the detector's input.</param>
    /// <param name="tiles">Receives the tiles, row by row; at least <see cref="MaxTiles"/> entries.</param>
    /// <returns>Number of tiles.</returns>
    public static int Tiles(int width, int height, float aspect, Span<SearchPass> tiles)
    {
        var tileWidth = Math.Min(TileShare * Math.Max(width, height), Math.Max(width, height * aspect));
        var tileHeight = tileWidth / aspect;
        var columns = Steps(width, tileWidth);
        var rows = Math.Min(Steps(height, tileHeight), MaxTiles / columns);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                tiles[row * columns + column] = new SearchPass(
                    new FaceBox(Start(width, tileWidth, column, columns), Start(height, tileHeight, row, rows), tileWidth, tileHeight));
        }
        return rows * columns;
    }

    /// <summary>The surroundings of a face, for a second look.</summary>
    /// <param name="face">Current or last known box of the face.</param>
    /// <param name="aspect">Width over height of the detector's input.</param>
    public static FaceBox Around(FaceBox face, float aspect)
    {
        var height = LookHeights * face.LongerSide;
        return new FaceBox(face.CentreX - height * aspect / 2, face.CentreY - height / 2, height * aspect, height);
    }

    static int Steps(float length, float tile) =>
        // Up to 2 % more than a tile is not worth another one: it cuts only the outermost pixels of a face.
        length <= tile * 1.02f ? 1 : Math.Clamp((int)MathF.Ceiling((length - tile) / (tile * (1 - LeastOverlap))) + 1, 2, 4);

    static float Start(float length, float tile, int index, int count) =>
        count == 1 ? (length - tile) / 2 : (length - tile) * index / (count - 1);
}
