using FaceAd.Bench.Evaluation;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Cabins;

/// <summary>One simulated ride: the product's reports of one person in view once.</summary>
/// <param name="Identity">True identity.</param>
/// <param name="File">The photograph that the ride was made from.</param>
/// <param name="Reports">The audience reports, in order.</param>
/// <param name="PresenceId">Presence of the photograph's subject; people in the background may have others.</param>
/// <param name="LooksLikeChild">Whether the latest estimate is a likely child, by the product's rule.</param>
sealed record Ride(string Identity, string File, IReadOnlyList<AudienceReport> Reports, Guid PresenceId, bool LooksLikeChild)
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Times just after each view is due; after them the cabin is seen empty.</summary>
    static readonly double[] Seconds = [0, 0.6, 1.7, 3.7];

    /// <summary>The subject's views, as sent.</summary>
    public IEnumerable<byte[]> Views =>
        Reports.SelectMany(r => r.Presences).Where(p => p.PresenceId == PresenceId).SelectMany(p => p.Views);

    /// <summary>Maximum number of frames in a ride.</summary>
    public static int MaxFrames => Seconds.Length;

    /// <summary>Identity in an LFW-style file name: everything before the last underscore and number; otherwise the name.</summary>
    /// <param name="file">File name, such as "Anna_Kim_0002.jpg".</param>
    public static string IdentityOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var at = name.LastIndexOf('_');
        return at > 0 && at < name.Length - 1 && name.AsSpan(at + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..at] : name;
    }

    /// <summary>Creates a ride from a photograph, with the observer that the product uses.</summary>
    /// <param name="chain">The production pipeline.</param>
    /// <param name="path">The photograph.</param>
    /// <param name="frames">Number of frames, 1 .. <see cref="MaxFrames"/>.</param>
    /// <param name="seed">Seed of the differences between frames, combined with the file name.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <returns>The ride; null when no face is found, in the photograph or in the frames.</returns>
    /// <exception cref="InvalidFrameException">The photograph is damaged.</exception>
    public static async Task<Ride?> RecordAsync(FaceChain chain, string path, int frames, int seed, CancellationToken cancellation)
    {
        var file = Path.GetFileName(path);
        var random = new Random(StableHash.Of(file) ^ seed);
        var picture = await PictureFile.ReadAsync(path, cancellation);
        if (FindSubject(chain, picture) is not { } face) return null;
        using var encoder = new JpegEncoder();
        var observer = new AudienceObserver(chain, new AudienceObserverOptions { NewId = () => NewId(random), StillFacesCount = true });
        List<AudienceReport> reports = [];
        var at = Start;
        foreach (var (view, second) in CabinView.Ride(frames, random).Zip(Seconds))
        {
            at = Start + TimeSpan.FromSeconds(second);
            Take(observer.Observe(encoder.Encode(view.Draw(picture, face, random), view.Quality), at));
        }
        Take(observer.Stop(at));
        // People in the background are smaller, even when the subject is turned too far for a view.
        var subject = reports.SelectMany(r => r.Presences).GroupBy(p => p.PresenceId).MaxBy(g => g.Max(p => p.FaceArea));
        if (subject is null) return null;
        return new Ride(IdentityOf(file), file, reports, subject.Key, subject.Last().Segments?.Kids >= 0.5);

        void Take(AudienceReport? report)
        {
            if (report is not null) reports.Add(report);
        }
    }

    static FaceBox? FindSubject(FaceChain chain, PixelBuffer picture)
    {
        using var frame = chain.Rent();
        chain.Find(picture, frame);
        var index = SubjectFace.Find(frame.Faces, frame.Width, frame.Height);
        return index < 0 ? null : frame.Faces[index].Box;
    }

    static Guid NewId(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
