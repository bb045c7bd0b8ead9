namespace FaceAd.Web.Api.Models;

/// <summary>A report.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="From">First day covered.</param>
/// <param name="To">Last day covered.</param>
/// <param name="AsRequested">Whether these are the days that were requested; false where the flight does not have them all.</param>
/// <param name="PeopleFrom">First day of the counting period in which people, Reach and Frequency are counted.</param>
/// <param name="PeopleTo">Its last day, within the days covered.</param>
/// <param name="Epoch">Its number.</param>
/// <param name="ComputedAt">When it was computed.</param>
/// <param name="Exact">Whether people counts are exact; otherwise they are ranges of five, and withheld below five.</param>
/// <param name="MakeGoods">Flights that were added at no cost because the goal was missed, in the order in which they were added.</param>
/// <param name="Shortfall">What is missing of the whole campaign's plan to date; null where no shortfall is projected, or it is too early
/// to say.</param>
/// <param name="Tables">The requested tables.</param>
sealed record ReportModel(
    Guid CampaignId, DateOnly From, DateOnly To, bool AsRequested, DateOnly PeopleFrom, DateOnly PeopleTo, int Epoch,
    DateTimeOffset ComputedAt, bool Exact, IReadOnlyList<MakeGoodModel> MakeGoods, ShortfallModel? Shortfall,
    IReadOnlyList<ReportTableModel> Tables);

/// <summary>A flight that was added at no cost because the goal was missed.</summary>
/// <param name="From">Its first day.</param>
/// <param name="To">Its last day.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="EndedOn">The campaign's last day without it.</param>
/// <param name="SettledCreditKrw">The credit that had been settled for that end, and is settled anew after this flight; null when none
/// was.</param>
sealed record MakeGoodModel(DateOnly From, DateOnly To, DateTimeOffset AddedAt, DateOnly EndedOn, long? SettledCreditKrw);

/// <summary>Target impressions that are missing to date, and why. At most a minute old.</summary>
/// <param name="TargetImpressions">Those that were planned by now and are missing.</param>
/// <param name="Causes">The causes, the largest first; what nothing explains comes last.</param>
sealed record ShortfallModel(long TargetImpressions, IReadOnlyList<ShortfallCauseModel> Causes);

/// <summary>A cause of a shortfall. Which figures it has depends on the cause; the others are null.</summary>
/// <param name="Cause">goalRaised, bookedTooMuch, lateStart, paused, screensAway, camerasBlind, fewerPeople, outbid, frequencyCap,
/// separation, child, confidence, creative or unknown.</param>
/// <param name="TargetImpressions">Target impressions that it cost to date, about.</param>
/// <param name="Screens">Screens that it happened to.</param>
/// <param name="Hours">Hours that it lasted: of all screens together; of the flight for lateStart and paused.</param>
/// <param name="Fewer">By how much fewer people came, 0..1.</param>
sealed record ShortfallCauseModel(string Cause, long TargetImpressions, int? Screens, double? Hours, double? Fewer);

/// <summary>A table of a report: each row is an object with the table's columns; undefined is null, a range is a text such
/// as "5 to 9", withheld is the text "&lt;5". Where a figure is null for a reason, the row's "reasons" names it by column: children, tooEarly,
/// withheld, erased, otherPeriod, wholeOnly, notBegun.</summary>
sealed record ReportTableModel(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows);

/// <summary>A link to a report.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="From">First requested day; null for the page's default.</param>
/// <param name="To">Last requested day; null for the page's default.</param>
/// <param name="Site">One site; null for all.</param>
/// <param name="Screen">One screen; null for all.</param>
/// <param name="Creative">One creative; null for all.</param>
/// <param name="CreatedBy">Sign-in name of the user who created it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires, exclusive.</param>
/// <param name="Opened">How many times it was opened.</param>
/// <param name="OpenedAt">When it was last opened.</param>
/// <param name="Address">The link's address, returned only once; null in lists and for a repeated call.</param>
sealed record LinkModel(
    Guid Id, Guid CampaignId, DateOnly? From, DateOnly? To, Guid? Site, Guid? Screen, Guid? Creative, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int Opened, DateTimeOffset? OpenedAt, string? Address);

/// <summary>Parameters of a new link.</summary>
/// <param name="Days">Lifetime in days: 7, 30 or 90.</param>
/// <param name="From">First day; absent for the page's default.</param>
/// <param name="To">Last day; absent for the page's default.</param>
/// <param name="Site">One site; absent for all.</param>
/// <param name="Screen">One screen; absent for all.</param>
/// <param name="Creative">One creative; absent for all.</param>
sealed record LinkTermsModel(int Days, DateOnly? From, DateOnly? To, Guid? Site, Guid? Screen, Guid? Creative);
