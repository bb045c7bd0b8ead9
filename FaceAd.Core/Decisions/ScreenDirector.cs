namespace FaceAd.Core.Decisions;

/// <summary>What a director wants to happen.</summary>
public enum DecisionTiming
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Decide now; a targeted ad takes the screen at once.</summary>
    DecideNow = 1,

    /// <summary>Decide now what follows the running play.</summary>
    DecideNext = 2,

    /// <summary>Ask again at <see cref="ScreenDirector.AskAgainAt"/>.</summary>
    Wait = 3,
}

/// <summary>
/// Decides *when* to decide for one screen: at the end of a play, or when the dominant segment changes, never within
/// three seconds of a switch. Pure: instants in, wishes out; its owner locks it and holds the clock.
/// </summary>
public sealed class ScreenDirector
{
    /// <summary>Least time between two switches.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    private Segment _decidedFor = Segment.Unknown;
    private DateTimeOffset _switchedAt = DateTimeOffset.MinValue;

    /// <summary>When to ask again after <see cref="DecisionTiming.Wait"/>.</summary>
    public DateTimeOffset AskAgainAt { get; private set; }

    /// <summary>The creative on the screen as far as commands tell; null for the house loop.</summary>
    public Guid? Showing { get; private set; }

    /// <summary>The audience has changed, or the time to ask again has come.</summary>
    /// <param name="dominant">The dominant segment now; unknown when nobody is in view or nobody is known.</param>
    /// <param name="now">The instant.</param>
    public DecisionTiming AudienceChanged(Segment dominant, DateTimeOffset now)
    {
        // When everybody has left, the running play ends by itself; the end of the play decides what follows.
        if (dominant == Segment.Unknown || dominant == _decidedFor) return DecisionTiming.None;
        if (now - _switchedAt >= Settle) return DecisionTiming.DecideNow;
        AskAgainAt = _switchedAt + Settle;
        return DecisionTiming.Wait;
    }

    /// <summary>The running play is about to end.</summary>
    /// <param name="anyoneInView">Whether somebody is in view.</param>
    /// <param name="showing">The creative that is ending; null for the house loop.</param>
    public DecisionTiming PlayEnding(bool anyoneInView, Guid? showing)
    {
        Showing = showing;
        if (anyoneInView) return DecisionTiming.DecideNext;
        _decidedFor = Segment.Unknown;
        // An empty cabin in front of the house loop needs no decision: the player goes on by itself.
        return showing is null ? DecisionTiming.None : DecisionTiming.DecideNext;
    }

    /// <summary>A decision was taken for what runs from an instant on.</summary>
    /// <param name="dominant">The segment it was taken for.</param>
    /// <param name="creative">What it chose; null for the house loop.</param>
    /// <param name="takesEffectAt">When the screen switches by it; null when nobody knows, since the running play may end in peace.</param>
    /// <returns>Whether that changes what is on the screen.</returns>
    public bool Decided(Segment dominant, Guid? creative, DateTimeOffset? takesEffectAt)
    {
        _decidedFor = dominant;
        var changes = creative != Showing;
        if (takesEffectAt is not { } at) return changes;
        if (changes) _switchedAt = at;
        Showing = creative;
        return changes;
    }
}
