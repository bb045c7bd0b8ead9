using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Reports.Mailing;

/// <summary>
/// Someone who gets a campaign's reports by mail: a member of its organisation, or an address outside it, which has to agree first. What
/// they get is what an advertiser may see.
/// </summary>
sealed class ReportMailing
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid CampaignId { get; init; }

    public Campaign? Campaign { get; init; }

    /// <summary>The member; null for an address outside.</summary>
    public Guid? UserId { get; init; }

    public User? User { get; init; }

    /// <summary>The address outside; null for a member, whose own counts.</summary>
    public string? Email { get; init; }

    /// <summary>"en" or "ko", for an address outside; null for a member.</summary>
    public string? Language { get; init; }

    /// <summary>Whether it comes every Monday, about the week before.</summary>
    public required bool Weekly { get; set; }

    /// <summary>Whether it comes after the last day, about the whole flight.</summary>
    public required bool AtEnd { get; set; }

    /// <summary>Sign-in name of the user who added it.</summary>
    public required string CreatedBy { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the recipient agreed; a member's is the time of adding. Null while an address outside has not.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>When the recipient unsubscribed, or declined; null if they did not.</summary>
    public DateTimeOffset? StoppedAt { get; set; }

    /// <summary>The morning on which it is next seen to: see <see cref="ReportMailDays"/>. Whoever moves it sends what was due.</summary>
    public required DateTimeOffset LookAt { get; set; }

    /// <summary>Until when other nodes leave it alone; also the pause after a failure.</summary>
    public DateTimeOffset? ClaimedUntil { get; set; }

    /// <summary>Failed attempts to make the report that is due.</summary>
    public int Attempts { get; set; }

    /// <summary>When a report was last put into the mailbox; null before the first.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>The last day of the flight whose report at the end was sent; null before. A flight that is extended ends again.</summary>
    public DateOnly? EndedFor { get; set; }
}
