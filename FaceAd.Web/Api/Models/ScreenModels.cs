namespace FaceAd.Web.Api.Models;

/// <summary>A screen.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="SiteId">Its site.</param>
/// <param name="Mode">server or device: where its frames are analysed.</param>
/// <param name="Connected">Whether it is connected.</param>
/// <param name="LastSeenAt">Latest heartbeat; null before the first.</param>
/// <param name="RevokedAt">When its token was revoked; null while it is valid.</param>
/// <param name="DisputedPlays">Number of its plays that were disputed in the last 30 days.</param>
sealed record ScreenModel(
    Guid Id, string Name, Guid SiteId, string Mode, bool Connected, DateTimeOffset? LastSeenAt, DateTimeOffset? RevokedAt,
    long DisputedPlays);

/// <summary>A screen with its health.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="SiteId">Its site.</param>
/// <param name="Mode">server or device: where its frames are analysed.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="RevokedAt">When its token was revoked; null while it is valid.</param>
/// <param name="Connected">Whether it is connected.</param>
/// <param name="LastSeenAt">Latest heartbeat; null before the first.</param>
/// <param name="PlayerVersion">Version of the player.</param>
/// <param name="Camera">none, running, off or failed.</param>
/// <param name="Problem">Problem reported by the player; null when there is none.</param>
/// <param name="ShowingCreativeId">Creative on the screen; null when unknown.</param>
/// <param name="ShowingName">Its name, where known.</param>
/// <param name="OutboxPending">Play reports pending in the player's outbox.</param>
/// <param name="PageRendering">Whether the playback page is rendering.</param>
/// <param name="Analysing">Where frames are analysed now.</param>
/// <param name="HasModels">Whether the player could analyse frames itself; null before it was reported.</param>
/// <param name="ClockOffsetMilliseconds">Clock of the player's machine minus the server's; null before it was reported.</param>
/// <param name="ClockDriftPartsPerMillion">Drift of that clock, negative when slow; null while there is too little data.</param>
/// <param name="CpuCelsius">Temperature of the player's processor; null where the machine does not report it, or before the first heartbeat
/// since the server started.</param>
/// <param name="Sensors">The sensors in the cabin; empty when there are none, or before the first heartbeat since the server
/// started.</param>
/// <param name="DisputedPlays">Number of its plays that were disputed in the last 30 days.</param>
/// <param name="LeftOut">Creatives that failed twice on this screen while others played, and are left out there.</param>
/// <param name="StillFace">Whether its camera sees a picture of a face, such as a poster, which is not counted.</param>
/// <param name="CameraTurn">By how many degrees clockwise its camera's picture must be turned for faces to be upright: 90, 180 or 270;
/// 0 when they are.</param>
sealed record ScreenDetailModel(
    Guid Id, string Name, Guid SiteId, string Mode, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, bool Connected,
    DateTimeOffset? LastSeenAt, string? PlayerVersion, string Camera, string? Problem, Guid? ShowingCreativeId, string? ShowingName,
    int OutboxPending, bool PageRendering, string Analysing, bool? HasModels, double? ClockOffsetMilliseconds,
    double? ClockDriftPartsPerMillion, double? CpuCelsius, IReadOnlyList<SensorModel> Sensors, long DisputedPlays,
    IReadOnlyList<Guid> LeftOut, bool StillFace, int CameraTurn);

/// <summary>A sensor of a screen.</summary>
/// <param name="Kind">motion or distance.</param>
/// <param name="State">present, empty or unknown.</param>
/// <param name="Metres">The measured distance; null for a sensor that measures none.</param>
sealed record SensorModel(string Kind, string State, double? Metres);

/// <summary>Terms of a new or changed screen.</summary>
/// <param name="SiteId">Its site; cannot be changed later.</param>
/// <param name="Name">Unique at the site, 1 to 120 characters.</param>
/// <param name="Mode">server or device: where its frames are analysed.</param>
sealed record ScreenTermsModel(Guid? SiteId, string? Name, string? Mode);

/// <summary>A newly created screen.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="SiteId">Its site.</param>
/// <param name="Mode">server or device: where its frames are analysed.</param>
/// <param name="Token">Its device token, returned only once; null for a repeated call.</param>
sealed record NewScreenModel(Guid Id, string Name, Guid SiteId, string Mode, string? Token);

/// <summary>A secret, returned only once.</summary>
/// <param name="Token">The device token.</param>
sealed record TokenGivenModel(string Token);
