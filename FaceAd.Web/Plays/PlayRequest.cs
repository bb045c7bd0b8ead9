using FaceAd.Core;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>What became of one play in its group.</summary>
/// <param name="Refusal">Why it can never be stored; null when it is stored, or may be later.</param>
/// <param name="Failure">What went wrong, when it is not stored and may be later.</param>
/// <param name="Fresh">Whether it was committed now.</param>
sealed record PlayOutcome(string? Refusal, Exception? Failure, bool Fresh)
{
    /// <summary>Committed now.</summary>
    public static PlayOutcome IsNew { get; } = new(null, null, true);

    /// <summary>Committed before, by another node in the same moment.</summary>
    public static PlayOutcome WasKnown { get; } = new(null, null, false);

    /// <summary>The outcome of a row that the database does not take.</summary>
    public static PlayOutcome Of(PostgresException exception) =>
        exception is { SqlState: PostgresErrorCodes.ForeignKeyViolation, ConstraintName: "fk_plays_creatives_creative_id" }
            ? new("There is no such creative.", null, false) // deleted since it was looked up
            : new(null, exception, false);
}

/// <summary>One request on its way through a writer: what it brought, and what it will be answered.</summary>
/// <param name="plays">What it brought and can be taken.</param>
/// <param name="refused">What it brought and can never be taken.</param>
sealed class PlayRequest(IReadOnlyList<Play> plays, IReadOnlyList<RefusedPlay> refused)
{
    // Continuations run elsewhere: the writer never waits for an answer to be sent.
    private readonly TaskCompletionSource<PlayReceipt> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<RefusedPlay> _refused = [.. refused];
    private readonly List<(Guid Id, bool First)> _awaited = new(plays.Count);
    private int _known;

    /// <summary>The plays that it brought and that can be taken, by its own word.</summary>
    public IReadOnlyList<Play> Plays { get; } = plays;

    /// <summary>The answer.</summary>
    public Task<PlayReceipt> Done => _done.Task;

    /// <summary>A play was committed before.</summary>
    public void IsKnown() => _known++;

    /// <summary>A play is being written; for this request, or (not <paramref name="first"/>) for one before it.</summary>
    public void Await(Guid play, bool first) => _awaited.Add((play, first));

    /// <summary>Answers, with what became of the plays that were awaited.</summary>
    public void Answer(IReadOnlyDictionary<Guid, PlayOutcome> outcomes)
    {
        var accepted = 0;
        foreach (var (id, first) in _awaited)
        {
            var outcome = outcomes[id];
            if (outcome.Failure is { } failure)
            {
                Fail(failure); // what else it brought is committed, and known when it comes again
                return;
            }
            if (outcome.Refusal is { } reason) _refused.Add(new RefusedPlay(id, reason));
            else if (first && outcome.Fresh) accepted++;
            else _known++;
        }
        _done.TrySetResult(new PlayReceipt(accepted, _known, _refused));
    }

    /// <summary>Answers with a failure; the player sends again.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);
}
