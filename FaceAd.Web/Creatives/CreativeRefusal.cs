namespace FaceAd.Web.Creatives;

/// <summary>Why a film was not taken. The numbers are in the database.</summary>
public enum CreativeRefusal
{
    /// <summary>There is no such campaign for this person, or it can not be changed now.</summary>
    CampaignClosed = 0,

    /// <summary>Larger than <see cref="MediaOptions.MaxUploadBytes"/>.</summary>
    TooLarge = 1,

    /// <summary>No film or picture of a kind that is taken.</summary>
    NotAFilm = 2,

    /// <summary>Its picture is coded in a way that is not taken.</summary>
    WrongCodec = 3,

    /// <summary>A side is too short or too long, or there are too many pixels.</summary>
    WrongSize = 4,

    /// <summary>Shorter than a second.</summary>
    TooShort = 5,

    /// <summary>Longer than 60 seconds.</summary>
    TooLong = 6,

    /// <summary>It breaks off, or can not be decoded.</summary>
    Damaged = 7,

    /// <summary>Its sound is coded in a way that is not taken.</summary>
    WrongSound = 8,

    /// <summary>More than 240 frames a second.</summary>
    TooManyFrames = 9,

    /// <summary>It could not be prepared in the time or memory allowed; may be tried again.</summary>
    TookTooLong = 10,

    /// <summary>The server was ended several times while it prepared this film; may be tried again.</summary>
    Interrupted = 11,

    /// <summary>The server could not store it; may be tried again.</summary>
    ServerTrouble = 12,

    /// <summary>The organisation's films fill the room it has.</summary>
    QuotaFull = 13,

    /// <summary>Too many uploads of the organisation are not finished.</summary>
    UnfinishedFull = 14,
}

/// <summary>What follows from a refusal.</summary>
public static class CreativeRefusals
{
    /// <summary>Whether the same file may succeed when it is tried again, so that it is kept for a while.</summary>
    /// <param name="refusal">The refusal.</param>
    public static bool MayRetry(this CreativeRefusal refusal) =>
        refusal is CreativeRefusal.TookTooLong or CreativeRefusal.Interrupted or CreativeRefusal.ServerTrouble;
}
