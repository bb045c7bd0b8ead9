using FaceAd.Core;

namespace FaceAd.Web.Audiences;

/// <summary>What an audience report must look like to be taken.</summary>
static class AudienceReportRules
{
    /// <summary>The longest plausible duration of one audience.</summary>
    public static readonly TimeSpan LongestAudience = TimeSpan.FromHours(12);

    /// <summary>
    /// How far a player's time may be from this server's. A player follows its server's clock: it steps if it is off by more than 30 s and
    /// slews otherwise (ServerClock in the player), and sends nothing before it knows the time. Nodes agree to half a minute, which a
    /// screen sees when its site changes owner.
    /// </summary>
    public static readonly TimeSpan ClockError = TimeSpan.FromMinutes(2);

    /// <summary>Says what is wrong with a report; null when nothing is.</summary>
    /// <param name="report">The report, straight from the wire.</param>
    /// <param name="now">The server's clock.</param>
    public static string? FindFault(AudienceReport report, DateTimeOffset now)
    {
        if (report.AudienceId == Guid.Empty) return "audienceId is empty.";
        if (report.Sequence < 1) return "sequence must be 1 or more.";
        if (!Enum.IsDefined(report.State)) return "state is unknown.";
        if (report.ModelVersion is not { Length: > 0 and <= 120 }) return "modelVersion must have 1 to 120 characters.";
        if (report.At < report.OpenedAt) return "at is before openedAt.";
        if (report.At - report.OpenedAt > LongestAudience) return "The audience is longer than 12 hours.";
        if (report.At > now + ClockError) return "at is more than two minutes ahead of the server's clock.";
        if (report.At < now - TimeSpan.FromDays(1)) return "at is more than a day old.";
        if (report.Presences is not { Count: <= AudienceReport.MaxPresences }) return $"At most {AudienceReport.MaxPresences} presences.";
        if (report.Presences.DistinctBy(p => p?.PresenceId).Count() != report.Presences.Count) return "A presence appears twice.";
        return report.Presences.Select(p => p is null ? "A presence is null." : FindFault(p, report))
            .FirstOrDefault(fault => fault is not null);
    }

    private static string? FindFault(PresenceReport presence, AudienceReport report)
    {
        if (presence.PresenceId == Guid.Empty) return "presenceId is empty.";
        if (presence.To < presence.From) return "A presence ends before it begins.";
        if (presence.From < report.OpenedAt || presence.To > report.At) return "A presence is outside its audience.";
        if (!double.IsFinite(presence.SecondsAttentive) || presence.SecondsAttentive < 0
            || presence.SecondsAttentive > (presence.To - presence.From).TotalSeconds + 0.01)
            return "secondsAttentive is longer than the presence or negative.";
        if (presence.Segments is { IsDistribution: false }) return "segments is not a probability distribution.";
        if (presence.AgeYears is { } age && age is not (>= 0 and <= 130)) return "ageYears must be 0 to 130.";
        if (presence.ChildProbability is { } child && child is not (>= 0 and <= 1)) return "childProbability must be 0 to 1.";
        if (presence.FaceArea is not (>= 0 and <= 1)) return "faceArea must be 0 to 1.";
        if (presence.Views is not { Count: <= PresenceReport.MaxViews }) return $"At most {PresenceReport.MaxViews} views.";
        return presence.Views.Any(v => v is not { Length: PresenceReport.ViewBytes })
            ? $"A view has {PresenceReport.ViewBytes} bytes." : null;
    }
}
