namespace FaceAd.Web.Creatives.Rehearsal;

/// <summary>A message from the players' page, as on the wire; what a rehearsal needs of it.</summary>
sealed record PageReport
{
    /// <summary>"hello", "started", "progress", "ended" or "failed".</summary>
    public string Type { get; init; } = "";

    /// <summary>The token in the page's address; with "hello" only.</summary>
    public string? Token { get; init; }

    /// <summary>Position of the latest frame in the video, in seconds.</summary>
    public double MediaTime { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }
}
