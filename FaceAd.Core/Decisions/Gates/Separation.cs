namespace FaceAd.Core.Decisions.Gates;

/// <summary>Competitive separation: how far a campaign stays from others of its category, and from itself.</summary>
/// <param name="Category">The category, from 1; 0 for none.</param>
/// <param name="Plays">Plays that lie between, at least.</param>
/// <param name="Apart">Time that lies between, at least.</param>
public readonly record struct Separation(int Category, int Plays, TimeSpan Apart)
{
    /// <summary>Whether the category ran too lately on the screen, or before somebody in view who is recognised.</summary>
    /// <param name="screen">What the screen showed.</param>
    /// <param name="seen">What each rider has seen; null for who is not recognised.</param>
    /// <param name="now">The instant.</param>
    public bool Forbids(CategoryTrail screen, ReadOnlySpan<SeenAds?> seen, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(screen);
        if (Category == 0) return false;
        if (screen.IsTooSoon(this, now)) return true;
        foreach (var rider in seen)
        {
            if (rider is not null && rider.Categories.IsTooSoon(this, now)) return true;
        }
        return false;
    }
}
