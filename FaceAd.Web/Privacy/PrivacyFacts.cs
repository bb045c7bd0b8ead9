using FaceAd.Web.Screens;

namespace FaceAd.Web.Privacy;

/// <summary>A number of rows: counted where that is cheap, else the database's own estimate.</summary>
/// <param name="Rows">How many; null when not even an estimate exists.</param>
/// <param name="Estimated">Whether it is an estimate.</param>
public readonly record struct RowCount(long? Rows, bool Estimated);

/// <summary>An epoch of a building whose persons are stored now.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="FirstDay">Its first day.</param>
/// <param name="LastDay">Its last day.</param>
/// <param name="Since">When its first person was stored.</param>
/// <param name="Persons">Its persons; each has one encrypted template.</param>
/// <param name="DeleteOn">The day by which key, templates and person ids are destroyed: its last day and the grace.</param>
/// <param name="Running">Whether today lies in it.</param>
/// <param name="Overdue">Whether that day has passed.</param>
public sealed record StoredEpoch(
    int Epoch, DateOnly FirstDay, DateOnly LastDay, DateTimeOffset Since, RowCount Persons, DateOnly DeleteOn, bool Running, bool Overdue);

/// <summary>An epoch whose persons have been destroyed.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="FirstDay">Its first day.</param>
/// <param name="LastDay">Its last day.</param>
/// <param name="Persons">How many there were.</param>
/// <param name="EndedAt">When.</param>
public sealed record EndedEpoch(int Epoch, DateOnly FirstDay, DateOnly LastDay, long Persons, DateTimeOffset EndedAt);

/// <summary>What is stored of the people at one building.</summary>
/// <param name="Site">The building, with consent, notice and measurement.</param>
/// <param name="Running">Number, first and last day of the epoch that today lies in.</param>
/// <param name="Stored">Epochs whose persons are stored, newest first.</param>
/// <param name="Ended">The newest epochs that were destroyed, newest first.</param>
public sealed record SitePrivacy(Site Site, (int Epoch, DateOnly FirstDay, DateOnly LastDay) Running, IReadOnlyList<StoredEpoch> Stored, IReadOnlyList<EndedEpoch> Ended);

/// <summary>A kind of raw fact.</summary>
public enum FactKind
{
    /// <summary>Proofs of play.</summary>
    Plays = 0,

    /// <summary>Stays of viewers.</summary>
    Stays = 1,

    /// <summary>Who saw what.</summary>
    Exposures = 2,

    /// <summary>Decisions.</summary>
    Decisions = 3,
}

/// <summary>What is stored of one kind of raw fact.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Rows">How many.</param>
/// <param name="Oldest">Day of the oldest one, UTC; null when there is none.</param>
/// <param name="Newest">Day of the newest one, UTC.</param>
/// <param name="KeptUntil">The day on which the oldest ones go; null when there is none, or when they stay, as plays do.</param>
public sealed record StoredFacts(FactKind Kind, RowCount Rows, DateOnly? Oldest, DateOnly? Newest, DateOnly? KeptUntil);

/// <summary>What this installation stores of people, since when and until when.</summary>
/// <param name="Sites">Buildings by name, at most <see cref="PrivacyReader.PageSize"/>.</param>
/// <param name="Next">Name after which the next page begins; null when this is the last.</param>
/// <param name="AllSites">Number of buildings.</param>
/// <param name="Measuring">How many of them measure.</param>
/// <param name="Facts">Raw facts.</param>
/// <param name="RawDays">Days that raw facts of viewers are kept.</param>
/// <param name="Grace">Time from the end of an epoch to the destruction of its persons.</param>
/// <param name="BinaryColumns">All columns of the database that can hold binary data, such as "persons.template": a picture would have to lie in one of them.</param>
public sealed record PrivacyFacts(
    IReadOnlyList<SitePrivacy> Sites, string? Next, int AllSites, int Measuring, IReadOnlyList<StoredFacts> Facts, int RawDays, TimeSpan Grace,
    IReadOnlyList<string> BinaryColumns);
