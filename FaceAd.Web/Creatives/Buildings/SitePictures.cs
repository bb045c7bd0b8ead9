using System.Security.Cryptography;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives.Buildings;

/// <summary>
/// Pictures of buildings, for buyers. Each is encoded anew, so that nothing of the uploaded file is kept but what it shows, and stored with
/// the videos. Of a picture that is replaced or removed nothing stays: somebody may be on it who should not be.
/// </summary>
sealed class SitePictures(
    IDbContextFactory<FaceAdDbContext> contexts, MediaStorage storage, UploadFolder uploads, TimeProvider time) : IDisposable
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The longest side of a stored picture, in pixels.</summary>
    public const int Side = 1280;

    private const int LeastSide = 200;
    private readonly SemaphoreSlim _oneAtATime = new(1); // encoding shares the machine with the dashboard

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Gives a building a picture, in place of the one it has.</summary>
    /// <param name="by">The acting user; null for the system.</param>
    /// <param name="siteId">The building.</param>
    /// <param name="content">The file; not read beyond the largest size.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Null when it has it; otherwise why not.</returns>
    public async Task<PictureRefusal?> SetAsync(Viewer? by, Guid siteId, Stream content, CancellationToken cancellation = default)
    {
        var (arrived, made) = (uploads.NewScratch(), uploads.NewScratch());
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            if (!await SaveAsync(content, arrived, cancellation)) return PictureRefusal.TooLarge;
            if (await MediaKind.OfAsync(arrived, cancellation) is not { IsStill: true } kind) return PictureRefusal.NotAPicture;
            if (Math.Min(kind.Width, kind.Height) < LeastSide || Math.Max(kind.Width, kind.Height) > VideoProperties.MaxStillSide)
                return PictureRefusal.WrongSize;
            if (!await FfmpegProcess.PictureAsync(kind, arrived, made, Side, cancellation)) return PictureRefusal.Damaged;
            string sha256;
            await using (var file = File.OpenRead(made)) sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
            await storage.PutAsync(NameOf(siteId, sha256), made, "image/jpeg", cancellation); // before the row that refers to it
            return await ReferAsync(by, siteId, sha256, cancellation) ? null : PictureRefusal.NoSite;
        }
        finally
        {
            File.Delete(arrived);
            File.Delete(made);
            _oneAtATime.Release();
        }
    }

    /// <summary>Removes a building's picture.</summary>
    /// <param name="by">The acting user.</param>
    /// <param name="siteId">The building.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task RemoveAsync(Viewer by, Guid siteId, CancellationToken cancellation = default) =>
        ReferAsync(by, siteId, null, cancellation);

    /// <summary>Deletes the file of a picture that no row refers to any more.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="sha256">SHA-256 of the picture.</param>
    public Task DeleteAsync(Guid siteId, string sha256) => storage.DeleteAsync(NameOf(siteId, sha256), CancellationToken.None);

    /// <summary>Opens a building's picture; null when it has none. The caller disposes it.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<(Stream Content, string Sha256)?> OpenAsync(Guid siteId, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var sha256 = await db.Sites.Where(s => s.Id == siteId).Select(s => s.PictureSha256).SingleOrDefaultAsync(cancellation);
        return sha256 is not null && await storage.OpenAsync(NameOf(siteId, sha256), cancellation) is { } content
            ? (content, sha256) : null;
    }

    // A name of its own per building: two with the same picture do not share a file that one of them may remove.
    private static string NameOf(Guid siteId, string sha256) => $"building-{siteId:N}-{sha256}.jpg";

    private async Task<bool> ReferAsync(Viewer? by, Guid siteId, string? sha256, CancellationToken cancellation)
    {
        string? before = null, orphan = sha256;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var site = await db.Sites.FromSql($"SELECT * FROM sites WHERE id = {siteId} FOR UPDATE").SingleOrDefaultAsync(cancellation);
            if (site is not null)
            {
                (before, orphan) = (site.PictureSha256, null);
                site.PictureSha256 = sha256;
                if (before != sha256)
                    db.Audit(by, time.GetUtcNow(), AuditVerb.SiteChanged, AuditSubject.Site, siteId, site.Name,
                        ("picture", sha256 is null ? "removed" : "set"));
                await db.SaveChangesAsync(cancellation);
                await transaction.CommitAsync(cancellation);
            }
        }
        if (before is not null && before != sha256) await DeleteAsync(siteId, before);
        if (orphan is not null) await DeleteAsync(siteId, orphan);
        return orphan is null;
    }

    private static async Task<bool> SaveAsync(Stream content, string path, CancellationToken cancellation)
    {
        await using var file = File.Create(path);
        var buffer = new byte[64 * 1024];
        var bytes = 0;
        for (int read; (read = await content.ReadAsync(buffer, cancellation)) > 0;)
        {
            if ((bytes += read) > MaxBytes) return false;
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        return true;
    }
}
