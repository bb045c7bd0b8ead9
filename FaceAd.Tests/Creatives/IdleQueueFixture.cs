using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FaceAd.Tests.Creatives;

/// <summary>The app whose worker does nothing by itself: tests are the workers.</summary>
public sealed class IdleQueueFixture : PeopleFixture
{
    /// <summary>A video that takes seconds to re-encode.</summary>
    public static Lazy<Task<string>> LongVideo { get; } = new(() => TestTranscoder.FileAsync(
        "long.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=8", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "40",
        "-pix_fmt", "yuv420p"));

    private static readonly Lazy<Task<string>> ShortVideo = new(() => TestTranscoder.FileAsync(
        "short.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"));

    internal CreativeUploads Uploads => Services.GetRequiredService<CreativeUploads>();

    internal CreativeQueue Queue => Services.GetRequiredService<CreativeQueue>();

    internal CreativeWorker Worker => Services.GetRequiredService<CreativeWorker>();

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    /// <inheritdoc/>
    protected override void Replace(IServiceCollection services)
    {
        // Hosted by a factory: found by what it would be.
        var hosted = services.Where(s => s.ServiceType == typeof(IHostedService)
            && s.ImplementationFactory?.Method.ReturnType == typeof(CreativeWorker)).ToList();
        foreach (var service in hosted) services.Remove(service);
        services.TryAddSingleton<CreativeWorker>();
    }

    /// <summary>An upload that is whole, and waits.</summary>
    internal async Task<CreativeUpload> QueueAsync(Guid campaign, string? video = null, Viewer? viewer = null)
    {
        var path = video ?? await ShortVideo.Value;
        var (upload, refusal) = await Uploads.BeginAsync(
            viewer ?? new Viewer(First.Id, false), new UploadPlan(campaign, "Creative.mp4", new FileInfo(path).Length));
        Assert.Null(refusal);
        File.Copy(path, Services.GetRequiredService<UploadFolder>().PartOf(upload!.Id), overwrite: true);
        await Uploads.ArrivedAsync(upload, upload.Bytes);
        return upload;
    }

    /// <summary>Empties the queue, and the folder.</summary>
    public async Task ClearAsync()
    {
        await using var db = NewContext();
        await db.Set<CreativeUpload>().ExecuteDeleteAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, "media", "incoming"))) File.Delete(file);
    }

    /// <summary>An advertiser with a draft in another database.</summary>
    internal static async Task<Campaign> AddToAsync(IDbContextFactory<FaceAdDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [FaceAd.Core.Segment.Silver]);
        campaign.State = CampaignState.Draft;
        db.Remove(creative);
        await db.SaveChangesAsync();
        return campaign;
    }
}
