using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Expires idle uploads, deletes unneeded files, and queues uploads that became complete while the server was crashing.</summary>
sealed class UploadSweep(
    IDbContextFactory<FaceAdDbContext> contexts, CreativeUploads uploads, UploadFolder folder, IOptions<MediaOptions> options,
    TimeProvider clock, ILogger<UploadSweep> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not clean up uploads ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public async Task SweepAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var all = db.Set<CreativeUpload>();
        var expired = clock.GetUtcNow() - options.Value.UploadExpiry;
        await all.Where(u => u.State == UploadState.Receiving && u.TouchedAt < expired)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Expired), cancellation);
        foreach (var id in folder.Parts().ToList())
        {
            var upload = await all.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellation);
            if (upload is null)
            {
                // Its row was never committed, or is about to be.
                if (File.GetLastWriteTimeUtc(folder.PartOf(id)) < expired.UtcDateTime) File.Delete(folder.PartOf(id));
            }
            else if (upload.State == UploadState.Receiving)
            {
                if (folder.Arrived(id) == upload.Bytes) await uploads.ArrivedAsync(upload, upload.Bytes);
            }
            else if (!upload.IsOpen && !(upload.MayRetry && upload.TouchedAt > expired))
            {
                File.Delete(folder.PartOf(id));
            }
        }
        folder.SweepScratch((clock.GetUtcNow() - TimeSpan.FromSeconds(Math.Max(3600, 4 * options.Value.EncodeSeconds))).UtcDateTime);
    }
}
