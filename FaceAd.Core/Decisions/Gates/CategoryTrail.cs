namespace FaceAd.Core.Decisions.Gates;

/// <summary>When and how many plays ago a screen showed, or a person saw, each competitive category.</summary>
public sealed class CategoryTrail
{
    private readonly Dictionary<int, (int Number, DateTimeOffset EndedAt)> _last = [];
    private int _plays;

    /// <summary>Takes note of a play.</summary>
    /// <param name="category">Its category, from 1; 0 for none, which counts as a play, too.</param>
    /// <param name="endedAt">When it ended, or will end.</param>
    public void Add(int category, DateTimeOffset endedAt)
    {
        _plays++;
        if (category == 0) return;
        _last.TryGetValue(category, out var last);
        _last[category] = (_plays, endedAt > last.EndedAt ? endedAt : last.EndedAt);
    }

    /// <summary>Whether a category ran too lately.</summary>
    /// <param name="separation">The rule of the campaign that asks.</param>
    /// <param name="now">The instant.</param>
    public bool IsTooSoon(in Separation separation, DateTimeOffset now) =>
        _last.TryGetValue(separation.Category, out var last)
        && (_plays - last.Number < separation.Plays || now < last.EndedAt + separation.Apart);
}
