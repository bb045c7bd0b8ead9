namespace FaceAd.Web.Creatives;

/// <summary>Limits of uploaded films; configuration section <c>Media</c>.</summary>
public sealed class MediaOptions
{
    /// <summary>The largest upload in bytes. 500 MB by default.</summary>
    public long MaxUploadBytes { get; set; } = 500L * 1024 * 1024;

    /// <summary>The longest time that one step of one film may take, in seconds. 300 by default.</summary>
    public int EncodeSeconds { get; set; } = 300;

    /// <summary>Bytes of stored films that one organisation may have. 20 GB by default.</summary>
    public long OrganisationBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>Announced bytes of all uploads of one organisation that are not finished. 2 GB by default.</summary>
    public long UnfinishedBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Uploads of one organisation that are not finished. 20 by default.</summary>
    public int UnfinishedUploads { get; set; } = 20;

    /// <summary>How long an upload that nobody continues is kept. A day by default.</summary>
    public TimeSpan UploadExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a worker may be silent before another takes its film over. 30 s by default.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Folder of uploads that are not finished; all nodes must share it. Below the data folder's media by default.</summary>
    public string? UploadFolder { get; set; }

    /// <summary>Films on S3-compatible storage; without a bucket they are in the data folder.</summary>
    public S3Options S3 { get; set; } = new();
}

/// <summary>S3-compatible storage; configuration section <c>Media:S3</c>.</summary>
public sealed class S3Options
{
    /// <summary>The bucket; empty for the local folder.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Address of the service; empty for Amazon's own.</summary>
    public string ServiceUrl { get; set; } = "";

    /// <summary>Region, such as "ap-northeast-2".</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Key; empty to take credentials from the environment, as the SDK does.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The key's secret.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>What object names start with, such as "facead/".</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Whether the bucket stands in the path and not in the host name; most servers other than Amazon's want it.</summary>
    public bool PathStyle { get; set; } = true;
}
