using FaceAd.Web.Creatives.Buildings;
using FaceAd.Web.Creatives.Rehearsal;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives;

/// <summary>Registers uploads, processing, versions and serving of creatives.</summary>
static class CreativesSetup
{
    public static void AddCreatives(this IServiceCollection services)
    {
        services.AddOptions<MediaOptions>().BindConfiguration("Media")
            .Validate(o => o is { MaxUploadBytes: > 0, EncodeSeconds: > 0, LeastFreeBytes: >= 0 },
                "Media:MaxUploadBytes and Media:EncodeSeconds must be at least 1, Media:LeastFreeBytes at least 0.")
            .ValidateOnStart();
        services.AddSingleton<UploadFolder>();
        services.AddSingleton<StorageCheck>();
        services.AddHealthChecks().AddCheck<StorageCheck>("storage", tags: ["ready"]);
        services.AddSingleton<UploadNews>();
        services.AddSingleton<UploadReceiver>();
        services.AddSingleton<FfmpegProcess>();
        services.AddChromium();
        services.AddSingleton<VideoRehearsal>();
        services.AddSingleton<VideoTranscoder>();
        services.AddSingleton<CreativeQueue>();
        services.AddSingleton<CreativeReview>();
        services.AddSingleton<HouseLoop>();
        services.AddSingleton<MediaRights>();
        services.AddSingleton<SitePictures>();
        services.AddSingleton<MediaStorage>(p =>
            p.GetRequiredService<IOptions<MediaOptions>>().Value.S3 is { Bucket.Length: > 0 } s3
                ? new S3MediaStorage(s3) : new FolderMediaStorage(p.GetRequiredService<DataFolder>()));
        // Explicit factories, because these constructors take internal types.
        services.AddSingleton(p => new MediaStore(p.GetRequiredService<MediaStorage>(), p.GetRequiredService<UploadFolder>()));
        services.AddSingleton(p => new CreativeUploads(
            p.GetRequiredService<IDbContextFactory<FaceAdDbContext>>(), p.GetRequiredService<UploadFolder>(),
            p.GetRequiredService<StorageCheck>(), p.GetRequiredService<IOptions<MediaOptions>>(), p.GetRequiredService<UploadNews>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<CreativeUploads>>()));
        services.AddSingleton(p => new CreativeIntake(
            p.GetRequiredService<IDbContextFactory<FaceAdDbContext>>(), p.GetRequiredService<CreativeUploads>(),
            p.GetRequiredService<UploadReceiver>(), p.GetRequiredService<VideoTranscoder>(), p.GetRequiredService<UploadFolder>(),
            p.GetRequiredService<IOptions<MediaOptions>>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CreativeWorker>();
        services.AddHostedService(p => p.GetRequiredService<CreativeWorker>());
        services.AddSingleton<UploadSweep>();
        services.AddHostedService(p => p.GetRequiredService<UploadSweep>());
    }

    public static void MapCreatives(this IEndpointRouteBuilder endpoints)
    {
        UploadEndpoints.Map(endpoints);
        MediaEndpoints.Map(endpoints);
        SitePictureEndpoints.Map(endpoints);
    }
}
