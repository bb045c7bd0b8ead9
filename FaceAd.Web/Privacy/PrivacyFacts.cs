using FaceAd.Web.Screens;

namespace FaceAd.Web.Privacy;

/// <summary>A number of rows: counted where that is cheap, otherwise PostgreSQL's estimate.</summary>
/// <param name="Rows">Number of rows; null when not even an estimate exists.</param>
/// <param name="Estimated">Whether it is an estimate.</param>
readonly record struct RowCount(long? Rows, bool Estimated);

/// <summary>An epoch of a site whose people are currently stored.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="FirstDay">Its first day.</param>
/// <param name="LastDay">Its last day.</param>
/// <param name="Since">When its first person was stored.</param>
/// <param name="Persons">People stored; each has one encrypted template.</param>
/// <param name="DeleteOn">Day by which key, templates and person ids are destroyed: the epoch's last day plus the grace period.</param>
/// <param name="Running">Whether it is the current epoch.</param>
/// <param name="Overdue">Whether that day has passed.</param>
sealed record StoredEpoch(
    int Epoch, DateOnly FirstDay, DateOnly LastDay, DateTimeOffset Since, RowCount Persons, DateOnly DeleteOn, bool Running, bool Overdue);

/// <summary>An epoch whose person records have been destroyed.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="FirstDay">Its first day.</param>
/// <param name="LastDay">Its last day.</param>
/// <param name="Persons">How many people there were.</param>
/// <param name="EndedAt">When they were destroyed.</param>
sealed record EndedEpoch(int Epoch, DateOnly FirstDay, DateOnly LastDay, long Persons, DateTimeOffset EndedAt);

/// <summary>What is stored about the people at one site.</summary>
/// <param name="Site">The site, with consent, notice and measurement.</param>
/// <param name="Running">Number, first and last day of the current epoch.</param>
/// <param name="Stored">Epochs whose people are stored, newest first.</param>
/// <param name="Ended">The most recently destroyed epochs, newest first.</param>
sealed record SitePrivacy(Site Site, (int Epoch, DateOnly FirstDay, DateOnly LastDay) Running, IReadOnlyList<StoredEpoch> Stored,
    IReadOnlyList<EndedEpoch> Ended);

/// <summary>What is stored of one kind of raw fact.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Oldest">Day of the oldest one, UTC; null when there is none.</param>
/// <param name="Newest">Day of the newest one, UTC.</param>
/// <param name="KeptUntil">Day on which the oldest ones are deleted; null when there is none, or when they are kept, as plays are.</param>
sealed record StoredFacts(FactKind Kind, RowCount Rows, DateOnly? Oldest, DateOnly? Newest, DateOnly? KeptUntil);

/// <summary>What this installation stores about people, since when and until when.</summary>
/// <param name="Sites">Sites by name, at most <see cref="PrivacyReader.PageSize"/>.</param>
/// <param name="Next">Name after which the next page begins; null on the last page.</param>
/// <param name="AllSites">Number of sites.</param>
/// <param name="Measuring">How many of them measure.</param>
/// <param name="Facts">Raw facts.</param>
/// <param name="RawDays">Days for which raw facts about viewers are kept.</param>
/// <param name="Grace">Time from the end of an epoch to the destruction of its person records.</param>
/// <param name="BinaryColumns">All columns of the database that can hold binary data, such as "persons.template": a picture could only be
/// stored in one of them.</param>
sealed record PrivacyFacts(
    IReadOnlyList<SitePrivacy> Sites, string? Next, int AllSites, int Measuring, IReadOnlyList<StoredFacts> Facts, int RawDays,
    TimeSpan Grace, IReadOnlyList<string> BinaryColumns);
