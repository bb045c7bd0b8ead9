using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Rehearsal;
using FaceAd.Web.Creatives.Uploads;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>A video in the media store.</summary>
/// <param name="Sha256">Hash of its content.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Properties">Its properties.</param>
readonly record struct TranscodedVideo(string Sha256, long Bytes, VideoProperties Properties)
{
    /// <summary>Creates its database row.</summary>
    public Creative AsCreative(
        Guid organisation, Guid? campaign, string name, DateTimeOffset now, Guid? root, int version, CreativeState state) => new()
        {
            OrganisationId = organisation,
            CampaignId = campaign,
            Name = name,
            Sha256 = Sha256,
            Bytes = Bytes,
            Seconds = Properties.Seconds,
            Width = Properties.Width,
            Height = Properties.Height,
            CreatedAt = now,
            RootId = root,
            Version = version,
            State = state,
        };
}

/// <summary>From an untrusted file to a video in the store: probe, check, re-encode, check again, play once, store.</summary>
sealed class VideoTranscoder(FfmpegProcess tool, MediaStore store, UploadFolder folder, VideoRehearsal rehearsal)
{
    /// <param name="path">The file; it is left in place.</param>
    /// <param name="stillSeconds">Duration of the loop that a picture becomes.</param>
    /// <param name="keepWhatFits">Whether a video that players can play is stored byte for byte; only for our own videos.</param>
    /// <param name="progress">Receives the share that is done, 0..1.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The video, or why it was refused.</returns>
    public async Task<(TranscodedVideo? Video, CreativeRefusal? Refusal)> MakeAsync(
        string path, double stillSeconds, bool keepWhatFits, Action<double> progress, CancellationToken cancellation)
    {
        if (await MediaKind.OfAsync(path, cancellation) is not { } kind) return (null, CreativeRefusal.NotAMediaFile);
        if (kind.Form == MediaForm.Sound) return (null, CreativeRefusal.SoundOnly);
        if (kind.Form == MediaForm.Heif) return (null, CreativeRefusal.HeifPicture);
        if (kind.Form == MediaForm.Document) return (null, CreativeRefusal.Document);
        // Before anything decodes it: a header of a few bytes can ask for gigabytes.
        if (kind.Form != MediaForm.Video && VideoProperties.StillSizeRefusal(kind.Width, kind.Height) is { } huge) return (null, huge);
        if (kind is { Form: MediaForm.Moving, Demuxer: "webp_pipe" })
        {
            if (Math.Max(kind.Width, kind.Height) > VideoProperties.MaxSide) return (null, CreativeRefusal.WrongSize);
            var png = folder.NewScratch();
            try
            {
                return await tool.ToPngAsync(path, png, cancellation) is { } unmade
                    ? (null, unmade) : await MakeAsync(png, stillSeconds, keepWhatFits, progress, cancellation);
            }
            finally
            {
                File.Delete(png);
            }
        }
        var (probed, unread) = await FfmpegProcess.ProbeAsync(kind, path, cancellation);
        if (probed is not { } video)
            return (null, unread == CreativeRefusal.Damaged && kind.Form == MediaForm.Video ? CreativeRefusal.NotAMediaFile : unread);
        if ((kind.IsStill ? video.StillRefusal : video.Refusal) is { } refusal) return (null, refusal);
        PictureTimes? shown = null;
        if (!kind.IsStill)
        {
            var (read, unreadable) = await tool.TimesAsync(kind, video, path, cancellation);
            if (read is not { } times) return (null, unreadable);
            if (kind.Form == MediaForm.Moving) times = times.Repeated(stillSeconds);
            if (kind.Form == MediaForm.Video || times.Count > 1) shown = times;
            if (shown?.RefusalOf(video.Seconds) is { } wrong) return (null, wrong);
        }
        progress(0.03);
        var encoded = folder.NewScratch();
        try
        {
            var isKept = keepWhatFits && kind.Form == MediaForm.Video && video is { FitsPlayer: true, Sound: null };
            if (isKept) File.Copy(path, encoded);
            else if (await tool.EncodeAsync(kind, video, shown, path, encoded, stillSeconds, done =>
                progress(0.03 + (0.57 * done)), cancellation) is { } failed) return (null, failed);
            // A truncated video encodes without an error, only shorter.
            var expected = shown?.TotalSeconds ?? stillSeconds;
            if (await FfmpegProcess.ProbeAsync(encoded, cancellation) is not { FitsPlayer: true } made
                || made.Seconds < expected - Math.Max(0.5, expected * 0.05))
                return (null, CreativeRefusal.Damaged);
            void Played(double done) => progress(0.6 + (0.36 * done));
            if (!isKept && await rehearsal.PlayAsync(encoded, made.Seconds, Played, cancellation) is not null)
                return (null, CreativeRefusal.DoesNotPlay);
            progress(0.96);
            var (sha256, bytes) = await store.AdoptAsync(encoded, made.Seconds, cancellation);
            return (new TranscodedVideo(sha256, bytes, made), null);
        }
        finally
        {
            File.Delete(encoded);
        }
    }
}
