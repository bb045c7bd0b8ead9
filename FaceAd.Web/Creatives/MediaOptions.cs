namespace FaceAd.Web.Creatives;

/// <summary>Limits for uploaded media; configuration section <c>Media</c>.</summary>
sealed class MediaOptions
{
    /// <summary>The largest upload in bytes. 500 MB by default.</summary>
    public long MaxUploadBytes { get; set; } = 500L * 1024 * 1024;

    /// <summary>Free bytes of a disk below which no upload is accepted. 1 GB by default.</summary>
    public long LeastFreeBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Time limit of each processing step, in seconds. 300 by default.</summary>
    public int EncodeSeconds { get; set; } = 300;

    /// <summary>
    /// Whether each video is played once in the players' page, as long as it is, before anybody can approve it. True by default.
    /// </summary>
    public bool PlayBeforeApproval { get; set; } = true;

    /// <summary>Storage quota per organisation, in bytes. 20 GB by default.</summary>
    public long OrganisationBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>The most announced bytes of an organisation's unfinished uploads. 2 GB by default.</summary>
    public long UnfinishedBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>The most unfinished uploads per organisation. 20 by default.</summary>
    public int UnfinishedUploads { get; set; } = 20;

    /// <summary>How long an idle upload is kept. A day by default.</summary>
    public TimeSpan UploadExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a worker may be silent before another one takes over. 30 s by default.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Folder for unfinished uploads; all nodes must share it. By default below the media in the data folder.</summary>
    public string? UploadFolder { get; set; }

    /// <summary>S3-compatible storage; without a bucket, media are stored in the data folder.</summary>
    public S3Options S3 { get; set; } = new();
}

/// <summary>S3-compatible storage; configuration section <c>Media:S3</c>.</summary>
sealed class S3Options
{
    /// <summary>The bucket; empty for the local folder.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Address of the service; empty for Amazon's own.</summary>
    public string ServiceUrl { get; set; } = "";

    /// <summary>Region, such as "ap-northeast-2".</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Access key; empty to use the SDK's default credential chain.</summary>
    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    /// <summary>Prefix of object names, such as "facead/".</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Whether to put the bucket into the path instead of the host name; most S3-compatible servers need it.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>How long the service may be silent while something is read from it.</summary>
    public TimeSpan AnswerLimit { get; set; } = TimeSpan.FromSeconds(30);
}
