using FaceAd.Web.Data;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Temporary files: partial uploads, named by their identity, and files being encoded. Nothing here is ever served.</summary>
sealed class UploadFolder(DataFolder folder, IOptions<MediaOptions> options)
{
    private const string PartExtension = ".part";

    /// <summary>The folder; it may not exist yet.</summary>
    public string Root => options.Value.UploadFolder ?? Path.Combine(folder.Media, "incoming");

    /// <summary>Path of an upload's partial file; its length is the current offset.</summary>
    public string PartOf(Guid upload) => Path.Combine(Made(), upload.ToString("N") + PartExtension);

    /// <summary>Bytes of an upload received so far; null when its file does not exist.</summary>
    public long? Arrived(Guid upload) => new FileInfo(PartOf(upload)) is { Exists: true } file ? file.Length : null;

    /// <summary>A path for a temporary file. The caller deletes it.</summary>
    public string NewScratch() => Path.Combine(Made(), Guid.NewGuid().ToString("N"));

    /// <summary>Uploads with a partial file.</summary>
    public IEnumerable<Guid> Parts() =>
        Directory.EnumerateFiles(Made(), "*" + PartExtension)
            .Select(f => Guid.TryParse(Path.GetFileNameWithoutExtension(f), out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty);

    /// <summary>Deletes temporary files left behind by crashed processes.</summary>
    public void SweepScratch(DateTime olderThanUtc)
    {
        foreach (var file in new DirectoryInfo(Made()).EnumerateFiles())
        {
            if (file.Extension != PartExtension && file.LastWriteTimeUtc < olderThanUtc) file.Delete();
        }
    }

    private string Made()
    {
        var root = Root;
        Directory.CreateDirectory(root);
        return root;
    }
}
