namespace FaceAd.Web.Api.Models;

/// <summary>What is stored about people.</summary>
/// <param name="Sites">Number of sites.</param>
/// <param name="Measuring">How many of them measure.</param>
/// <param name="RawDays">Days for which raw facts about viewers are kept.</param>
/// <param name="GraceHours">Hours from the end of a counting period (epoch) to the destruction of its person records.</param>
/// <param name="BinaryColumns">All columns that can hold binary data: a picture could only be stored in one of them.</param>
/// <param name="Facts">Raw facts.</param>
/// <param name="Buildings">A page of sites, by name.</param>
/// <param name="Next">Value of after for the next page; null on the last page.</param>
sealed record PrivacyModel(
    int Sites, int Measuring, int RawDays, double GraceHours, IReadOnlyList<string> BinaryColumns, IReadOnlyList<StoredFactsModel> Facts,
    IReadOnlyList<SitePrivacyModel> Buildings, string? Next);

/// <summary>What is stored of one kind of raw fact.</summary>
sealed record StoredFactsModel(string Kind, long? Rows, bool Estimated, DateOnly? Oldest, DateOnly? Newest, DateOnly? KeptUntil);

/// <summary>What is stored about the people at one site.</summary>
sealed record SitePrivacyModel(
    Guid Id, string Name, bool Measured, IReadOnlyList<StoredEpochModel> Stored, IReadOnlyList<EndedEpochModel> Ended);

/// <summary>A counting period (epoch) whose people are currently stored.</summary>
sealed record StoredEpochModel(
    int Epoch, DateOnly FirstDay, DateOnly LastDay, long? Persons, bool Estimated, DateOnly DeleteOn, bool Overdue);

/// <summary>A counting period (epoch) whose person records have been destroyed.</summary>
sealed record EndedEpochModel(int Epoch, DateOnly FirstDay, DateOnly LastDay, long Persons, DateTimeOffset EndedAt);
