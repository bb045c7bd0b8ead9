namespace FaceAd.Web.Creatives;

/// <summary>Why a video was refused. The values are stored in the database.</summary>
public enum CreativeRefusal
{
    /// <summary>This user sees no such campaign, or it cannot be changed now.</summary>
    CampaignClosed = 0,

    /// <summary>Larger than <see cref="MediaOptions.MaxUploadBytes"/>.</summary>
    TooLarge = 1,

    /// <summary>Not a supported video or image file.</summary>
    NotAMediaFile = 2,

    /// <summary>Unsupported video or image codec.</summary>
    WrongCodec = 3,

    /// <summary>A side is too short or too long, or there are too many pixels.</summary>
    WrongSize = 4,

    /// <summary>Shorter than a second.</summary>
    TooShort = 5,

    /// <summary>Longer than 60 seconds.</summary>
    TooLong = 6,

    /// <summary>Truncated, or it cannot be decoded.</summary>
    Damaged = 7,

    /// <summary>Unsupported audio codec.</summary>
    WrongSound = 8,

    /// <summary>More than 240 frames a second.</summary>
    TooManyFrames = 9,

    /// <summary>Processing exceeded its time or memory limit; may be retried.</summary>
    TookTooLong = 10,

    /// <summary>The server stopped several times while processing it; may be retried.</summary>
    Interrupted = 11,

    /// <summary>The server could not process or store it; may be retried.</summary>
    ServerTrouble = 12,

    /// <summary>The organisation's storage quota is used up.</summary>
    QuotaFull = 13,

    /// <summary>The organisation has too many unfinished uploads.</summary>
    UnfinishedFull = 14,

    /// <summary>Sound without pictures.</summary>
    SoundOnly = 15,

    /// <summary>A HEIF picture, such as HEIC or AVIF.</summary>
    HeifPicture = 16,

    /// <summary>A WebP picture that moves, and is too large once unpacked.</summary>
    MovingWebP = 17,

    /// <summary>It does not play to its end in the players' page; may be retried.</summary>
    DoesNotPlay = 18,

    /// <summary>A document, drawing or archive, such as PDF, SVG, PSD, slides or ZIP.</summary>
    Document = 19,
}

/// <summary>Consequences of a refusal.</summary>
static class CreativeRefusals
{
    /// <summary>Whether the same file may succeed on a retry, so that it is kept for a while.</summary>
    public static bool MayRetry(this CreativeRefusal refusal) =>
        refusal is CreativeRefusal.TookTooLong or CreativeRefusal.Interrupted or CreativeRefusal.ServerTrouble
            or CreativeRefusal.DoesNotPlay;
}
