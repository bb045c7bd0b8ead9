using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FaceAd.Bench.Demonstration;

/// <summary>Makes the films: the machine's Chromium draws the layers of a page once, and the layers are moved and encoded frame by frame.</summary>
/// <param name="scratch">An existing folder for temporary files.</param>
sealed partial class FilmStudio(string scratch)
{
    // A layer is drawn on a sheet with a margin around the stage, so that what slides in from outside is whole.
    const int Margin = 80;
    const int SheetWidth = Film.Width + 2 * Margin;
    const int SheetHeight = Film.Height + 2 * Margin;

    /// <summary>Makes one film.</summary>
    /// <param name="film">Which.</param>
    /// <param name="path">The MP4 to write.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="IOException">Chromium or ffmpeg failed.</exception>
    public async Task MakeAsync(Film film, string path, CancellationToken cancel)
    {
        var layers = await DrawLayersAsync(film, cancel);
        var canvas = new Canvas(Film.Width, Film.Height);
        await Ffmpeg.WriteFilmAsync(path, canvas, Film.FramesPerSecond, film.Frames, 19, frame => Draw(canvas, layers, frame), cancel);
    }

    static void Draw(Canvas canvas, IReadOnlyList<Layer> layers, int frame)
    {
        foreach (var layer in layers)
        {
            var (middleX, middleY) = (layer.X + layer.Picture.Width / 2.0, layer.Y + layer.Picture.Height / 2.0);
            var pose = layer.Motion.At(frame / (double)Film.FramesPerSecond, middleY);
            if (layer.Motion.Pivot is { } pivot)
            {
                var (sin, cos) = Math.SinCos(pose.Degrees * Math.PI / 180);
                var (dx, dy) = ((middleX - pivot.X) * pose.Scale, (middleY - pivot.Y) * pose.Scale);
                (middleX, middleY) = (pivot.X + cos * dx - sin * dy, pivot.Y + sin * dx + cos * dy);
            }
            canvas.Draw(layer.Picture, middleX + pose.X, middleY + pose.Y, pose.Scale, pose.Degrees, pose.Opacity);
        }
    }

    async Task<IReadOnlyList<Layer>> DrawLayersAsync(Film film, CancellationToken cancel)
    {
        var html = film.Page();
        var motions = MotionAttribute().Matches(html).Select(match => Motion.Read(match.Groups[1].Value)).ToList();
        var page = Path.Combine(scratch, film.Name + ".html");
        var picture = Path.Combine(scratch, film.Name + ".png");
        await File.WriteAllTextAsync(page, html, cancel);
        await ScreenshotAsync(film, page, picture, SheetHeight * motions.Count, cancel);
        var sheet = await Ffmpeg.ReadPngAsync(picture, cancel);
        if (sheet.Width != SheetWidth || sheet.Height != SheetHeight * motions.Count)
            throw new IOException($"Chromium drew {sheet.Width}x{sheet.Height} instead of {SheetWidth}x{SheetHeight * motions.Count}.");

        var layers = new List<Layer>();
        for (var i = 0; i < motions.Count; i++)
        {
            if (sheet.CutBand(i * SheetHeight, SheetHeight) is { } cut)
                layers.Add(new Layer(cut.Picture, cut.X - Margin, cut.Y - Margin, motions[i]));
        }
        return layers;
    }

    async Task ScreenshotAsync(Film film, string page, string picture, int height, CancellationToken cancel)
    {
        var profile = Path.Combine(scratch, film.Name + "-profile");
        var start = new ProcessStartInfo(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=1", $"--user-data-dir={profile}",
                "--default-background-color=00000000", $"--window-size={SheetWidth},{height}", $"--screenshot={picture}", new Uri(page).AbsoluteUri,
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new IOException("Chromium did not start.");
        var errors = process.StandardError.ReadToEndAsync(cancel);
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        await output;
        if (!File.Exists(picture)) throw new IOException($"Chromium drew nothing ({process.ExitCode}): {(await errors).Trim()}");
    }

    [GeneratedRegex("<section data-motion=\"([^\"]*)\"")]
    private static partial Regex MotionAttribute();

    sealed record Layer(Raster Picture, int X, int Y, Motion Motion);
}
