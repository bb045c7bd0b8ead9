using System.Globalization;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>Filters of the audit log; null matches all.</summary>
sealed record AuditFilter
{
    /// <summary>By this user.</summary>
    public Guid? UserId { get; init; }

    /// <summary>By no signed-in user: the system, or a failed sign-in.</summary>
    public bool Nobody { get; init; }

    /// <summary>The most characters of <see cref="Text"/>.</summary>
    public const int MaxText = 100;

    /// <summary>
    /// Contained in a name, the details or the address, ignoring case; empty matches all. Scans from the newest entry: narrow it by dates.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>What was done.</summary>
    public AuditVerb? Verb { get; init; }

    /// <summary>Concerning this thing.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Entries before this position, that is, older ones.</summary>
    public AuditCursor? After { get; init; }
}

/// <summary>A position in the log, as used in page addresses: where the next page begins.</summary>
/// <param name="At">Instant of the last entry seen.</param>
/// <param name="Id">Its id.</param>
readonly record struct AuditCursor(DateTimeOffset At, long Id)
{
    /// <summary>Parses a position; null when it is malformed.</summary>
    /// <param name="text">The output of <see cref="ToString"/>.</param>
    public static AuditCursor? Read(string? text)
    {
        var parts = (text ?? "").Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && microseconds < 253_402_300_800_000_000
            ? new AuditCursor(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), id)
            : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}-{Id}");
}

/// <summary>One page of the log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, AuditCursor? Next);
