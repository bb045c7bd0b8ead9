using FaceAd.Demo.Videos;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;

namespace FaceAd.Demo.History.Bookings;

/// <summary>The demonstration's videos in the installation's store, each once, whichever campaigns use it.</summary>
/// <param name="maker">Checks and stores videos.</param>
sealed class BookedVideos(VideoTranscoder maker)
{
    readonly Dictionary<string, TranscodedVideo> _stored = [];

    /// <summary>Stores all of them.</summary>
    /// <param name="folder">The folder of the videos.</param>
    /// <exception cref="InvalidOperationException">A video was refused.</exception>
    /// <exception cref="IOException">A video is missing.</exception>
    public async Task StoreAsync(string folder)
    {
        var stored = await Task.WhenAll(DemoVideo.All.Select(async video => (video.Name, Made: await maker.MakeAsync(
            Path.Combine(folder, video.File), UploadPlan.UsualStillSeconds, keepWhatFits: true, _ => { }, CancellationToken.None))));
        foreach (var (name, (made, refusal)) in stored)
            _stored[name] = made ?? throw new InvalidOperationException($"The demonstration video {name} was refused: {refusal}.");
    }

    /// <summary>A creative that shows one of them.</summary>
    /// <param name="video">Name of the video.</param>
    /// <param name="organisation">The owner.</param>
    /// <param name="campaign">Its campaign; null for the house loop.</param>
    /// <param name="at">When it was uploaded.</param>
    /// <param name="weight">Its share beside others.</param>
    public Creative Use(string video, Guid organisation, Guid? campaign, DateTimeOffset at, int weight = 1)
    {
        var creative = _stored[video].AsCreative(
            organisation, campaign, DemoVideo.All.Single(v => v.Name == video).Title, at, null, 1, CreativeState.Current);
        creative.Weight = weight;
        return creative;
    }
}
