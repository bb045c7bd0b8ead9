using FaceAd.Web.Data;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Files on their way: uploads as they arrive, named by their identity, and what is made of them. Nothing here is ever served.</summary>
sealed class UploadFolder(DataFolder folder, IOptions<MediaOptions> options)
{
    private const string PartExtension = ".part";

    private string Root => options.Value.UploadFolder ?? Path.Combine(folder.Media, "incoming");

    /// <summary>Where an upload's bytes are; its length is how much has arrived.</summary>
    public string PartOf(Guid upload) => Path.Combine(Made(), upload.ToString("N") + PartExtension);

    /// <summary>Bytes of an upload that have arrived; null when its file is not here.</summary>
    public long? Arrived(Guid upload) => new FileInfo(PartOf(upload)) is { Exists: true } file ? file.Length : null;

    /// <summary>A path for a file that is being made. Whoever asks deletes it.</summary>
    public string NewScratch() => Path.Combine(Made(), Guid.NewGuid().ToString("N"));

    /// <summary>Uploads that have a file here.</summary>
    public IEnumerable<Guid> Parts() =>
        Directory.EnumerateFiles(Made(), "*" + PartExtension).Select(f => Guid.TryParse(Path.GetFileNameWithoutExtension(f), out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty);

    /// <summary>Deletes what a process left that died while it was making something.</summary>
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
