using FaceAd.Core;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>Outcome of one play in its group.</summary>
/// <param name="Refusal">Why it can never be stored; null when it was stored, or may be later.</param>
/// <param name="Failure">The error, when it was not stored but may be later.</param>
/// <param name="Fresh">Whether it was newly committed, as a play or as a disputed one.</param>
sealed record PlayOutcome(string? Refusal, Exception? Failure, bool Fresh)
{
    /// <summary>Newly committed.</summary>
    public static PlayOutcome IsNew { get; } = new(null, null, true);

    /// <summary>Already committed, earlier or concurrently by another node.</summary>
    public static PlayOutcome WasKnown { get; } = new(null, null, false);

    /// <summary>Newly disputed.</summary>
    public static PlayOutcome IsDisputed { get; } = new(null, null, true) { Disputed = true };

    /// <summary>Whether it is kept as a disputed play.</summary>
    public bool Disputed { get; private init; }

    /// <summary>The outcome of a row that the database rejected.</summary>
    public static PlayOutcome Of(PostgresException exception) =>
        exception is { SqlState: PostgresErrorCodes.ForeignKeyViolation, ConstraintName: "fk_plays_creatives_creative_id" }
            ? new("There is no such creative.", null, false) // deleted since the lookup
            : new(null, exception, false);
}

/// <summary>One request waiting for a writer: its plays and, later, its response.</summary>
/// <param name="plays">Its plays, disputed ones included.</param>
/// <param name="refused">Its plays that can never be accepted.</param>
sealed class PlayRequest(IReadOnlyList<Play> plays, IReadOnlyList<RefusedPlay> refused)
{
    // Continuations run elsewhere: the writer never waits for a response to be sent.
    private readonly TaskCompletionSource<PlayReceipt> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<RefusedPlay> _refused = [.. refused];
    private readonly List<(Play Play, bool First)> _awaited = new(plays.Count);

    /// <summary>Its plays, disputed ones included.</summary>
    public IReadOnlyList<Play> Plays { get; } = plays;

    /// <summary>The response.</summary>
    public Task<PlayReceipt> Done => _done.Task;

    /// <summary>
    /// Awaits the outcome of a play, either of this request or (not <paramref name="first"/>) of an earlier one.
    /// </summary>
    public void Await(Play play, bool first) => _awaited.Add((play, first));

    /// <summary>Completes the request with the outcomes of the awaited plays.</summary>
    public void Answer(IReadOnlyDictionary<Play, PlayOutcome> outcomes)
    {
        var (accepted, known, disputed) = (0, 0, 0);
        var numbersAreUsed = false;
        foreach (var (play, first) in _awaited)
        {
            var outcome = outcomes[play];
            if (outcome.Failure is { } failure)
            {
                Fail(failure); // its other plays are committed, and recognised on the retry
                return;
            }
            if (outcome.Refusal is { } reason) _refused.Add(new RefusedPlay(play.Id, reason));
            else if (!first || !outcome.Fresh) known++;
            else if (outcome.Disputed)
            {
                disputed++;
                numbersAreUsed |= play.Dispute == DisputeReason.NumberUsed;
            }
            else accepted++;
        }
        _done.TrySetResult(new PlayReceipt(accepted, known, _refused, disputed) { NumbersAreUsed = numbersAreUsed });
    }

    /// <summary>Completes the request with an error; the player retries.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);
}
