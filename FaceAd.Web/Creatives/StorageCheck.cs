using System.Globalization;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives;

/// <summary>
/// Readiness: the folders can be written to, and their disks have room. Where room is short the app serves on, but no upload begins or goes
/// on: what is left is for the database.
/// </summary>
sealed class StorageCheck(DataFolder folder, UploadFolder uploads, IOptions<MediaOptions> options) : IHealthCheck
{
    /// <summary>Whether one of the disks has less room than <see cref="MediaOptions.LeastFreeBytes"/>.</summary>
    public bool IsShort => Shortage() is not null;

    /// <summary>Makes sure that this account may write to every folder.</summary>
    /// <exception cref="StartException">It may not; the message names the option.</exception>
    public void Demand()
    {
        foreach (var (name, path, option) in Folders()) DataFolder.Demand(path, name, option);
        DataFolder.Demand(uploads.Root, "upload folder", "Media:UploadFolder");
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        foreach (var (name, path, _) in Folders())
        {
            try
            {
                DataFolder.Probe(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy($"The {name} cannot be written to.", exception));
            }
        }
        return Task.FromResult(Shortage() is { } shortage ? HealthCheckResult.Degraded(shortage) : HealthCheckResult.Healthy());
    }

    private string? Shortage()
    {
        var least = options.Value.LeastFreeBytes;
        foreach (var (name, path, _) in Folders())
        {
            if (new DriveInfo(path).AvailableFreeSpace is var free && free < least)
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"The disk of the {name} has {free >> 20} MB free, less than {least >> 20} MB (Media:LeastFreeBytes): uploads are refused until there is room.");
            }
        }
        return null;
    }

    // Those that exist. The database's is visible only to the account that runs it.
    private IEnumerable<(string Name, string Path, string Option)> Folders() => new (string Name, string Path, string Option)[]
    {
        ("data folder", folder.Root, "Data:Folder"),
        ("key folder", folder.Keys, "Data:Folder"),
        ("media folder", folder.Media, "Data:Folder"),
        ("upload folder", uploads.Root, "Media:UploadFolder"),
        ("database's folder", folder.Postgres, "Data:Folder"),
    }.Where(f => Directory.Exists(f.Path == folder.Postgres ? Path.Combine(f.Path, "cluster") : f.Path));
}
