using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Web.Audiences;

/// <summary>State of a presence in the newest report applied.</summary>
/// <param name="Sequence">The report.</param>
/// <param name="To">Newest sighting, excluded.</param>
/// <param name="SecondsAttentive">Seconds turned to the screen.</param>
/// <param name="Segment">Most likely segment, if sure enough.</param>
/// <param name="Confidence">How sure, 0..1.</param>
/// <param name="ChildProbability">Probability of a child, 0..1; null without an estimate.</param>
readonly record struct PresenceState(
    int Sequence, DateTimeOffset To, double SecondsAttentive, Segment Segment, double Confidence, double? ChildProbability);

/// <summary>
/// The row of one presence while reports are merged into it: what never changes comes from the first report, the rest from
/// the highest sequence, and each report's attention is kept. So a report applied twice,
/// late or out of order leaves the same row as the reports in order. Pure.
/// </summary>
sealed class PresenceMerge
{
    private PresenceState? _state;

    private PresenceMerge(Guid screenId, Guid id) => (ScreenId, Id) = (screenId, id);

    /// <summary>The screen; first part of the key.</summary>
    public Guid ScreenId { get; }

    /// <summary>The presence; second part of the key.</summary>
    public Guid Id { get; }

    public Guid AudienceId { get; private set; }

    /// <summary>First sighting.</summary>
    public DateTimeOffset From { get; private set; }

    /// <summary>Newest state.</summary>
    public PresenceState State => _state!.Value;

    /// <summary>The person; null while not recognised.</summary>
    public Guid? PersonId { get; private set; }

    /// <summary>How attention grew.</summary>
    public AttentionSamples Attention { get; private set; } = AttentionSamples.Empty;

    /// <summary>Whether there is a row already.</summary>
    public bool IsStored { get; private init; }

    /// <summary>Whether the row must be written.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>A presence without a row.</summary>
    public static PresenceMerge New(Guid screenId, Guid id) => new(screenId, id);

    /// <summary>A presence as stored in its row.</summary>
    public static PresenceMerge Stored(
        Guid screenId, Guid id, Guid audienceId, DateTimeOffset from, PresenceState state, Guid? person, AttentionSamples attention) =>
        new(screenId,
            id)
        { AudienceId = audienceId, From = from, _state = state, PersonId = person, Attention = attention, IsStored = true };

    /// <summary>Merges one report, unless it cannot be of this presence.</summary>
    /// <param name="report">The report.</param>
    /// <param name="presence">Its part about this presence.</param>
    /// <param name="person">The person recognised by it; null when nobody was.</param>
    public void Apply(AudienceReport report, PresenceReport presence, Guid? person)
    {
        if (_state is null)
        {
            AudienceId = report.AudienceId;
            From = presence.From.ToUniversalTime();
        }
        // An id that is used again for somebody else: it would end before it began, or be longer than any.
        else if (presence.To < From || presence.To - From > AudienceReportRules.LongestAudience)
        {
            return;
        }
        if (_state is null || _state.Value.Sequence < report.Sequence)
        {
            var confidence = presence.Segments?.Confidence ?? 0;
            var segment = confidence >= PersonRegister.MinSegmentConfidence ? presence.Segments!.Value.Top : Segment.Unknown;
            _state = new PresenceState(
                report.Sequence, presence.To.ToUniversalTime(), presence.SecondsAttentive, segment, confidence, presence.ChildProbability);
            PersonId ??= person;
            HasChanged = true;
        }
        var attention = Attention.With(presence.To - presence.From, presence.SecondsAttentive);
        HasChanged |= !ReferenceEquals(attention, Attention); // a late report only adds attention
        Attention = attention;
    }
}
