using FaceAd.Core;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>What is stored of a person's exposures in this epoch, by day.</summary>
/// <param name="Id">The person.</param>
/// <param name="Segment">The person's segment; unknown until it is fixed.</param>
/// <param name="Days">Exposures to a creative on a day, and the first of them.</param>
sealed record PersonHistory(
    Guid Id, Segment Segment, IReadOnlyList<(Guid Campaign, Guid Creative, DateTimeOffset First, int Exposures)> Days)
{
    private static readonly TimeSpan SurelyStored = TimeSpan.FromMinutes(1);

    /// <summary>Exposures by campaign.</summary>
    public IReadOnlyDictionary<Guid, int> Exposures => Days.GroupBy(d => d.Campaign).ToDictionary(g => g.Key, g => g.Sum(d => d.Exposures));

    /// <summary>Reads.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="persons">Whose.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public static async Task<Dictionary<Guid, PersonHistory>> ReadAsync(
        NpgsqlConnection connection, Guid[] persons, CancellationToken cancellation)
    {
        var rows = await connection.QueryAsync("""
            SELECT p.id, p.segment, d.campaign_id, d.creative_id, min(d.first_at), sum(d.exposures)::int
            FROM persons p LEFT JOIN person_days d ON d.person_id = p.id WHERE p.id = ANY ($1) GROUP BY p.id, 3, 4, d.day
            """, [persons],
            r => (
                Id: r.GetGuid(0), Segment: (Segment)r.GetInt32(1),
                Day: r.IsDBNull(2) ? ((Guid, Guid, DateTimeOffset, int)?)null
                    : (r.GetGuid(2), r.GetGuid(3), r.GetFieldValue<DateTimeOffset>(4), r.GetInt32(5))),
            cancellation);
        return rows.GroupBy(r => (r.Id, r.Segment)).ToDictionary(
            g => g.Key.Id, g => new PersonHistory(g.Key.Id, g.Key.Segment, [.. g.Where(r => r.Day is not null).Select(r => r.Day!.Value)]));
    }

    /// <summary>What the person has seen: what is stored, and what was shown lately and may be stored or not.</summary>
    /// <param name="lately">What this node has shown to the person in the last hour.</param>
    /// <param name="categoryOf">A campaign's competitive category.</param>
    /// <param name="now">The instant of the reading.</param>
    public SeenAds SeenWith(IReadOnlyList<ShownAd> lately, Func<Guid, int> categoryOf, DateTimeOffset now)
    {
        var seen = new SeenAds();
        // What is in both counts once, at the time that is known: the stored one has that of its day's first exposure. The newest ones may
        // not be stored yet: rather one too many for a minute than a cap that is passed.
        List<ShownAd> stored = [.. lately.Where(a => a.EndsAt < now - SurelyStored)];
        foreach (var (campaign, creative, first, exposures) in Days.OrderByDescending(d => d.First))
        {
            var shown = stored.RemoveAll(a => a.Campaign == campaign && a.Creative == creative && a.EndsAt >= first);
            if (exposures > shown) seen.Add(campaign, creative, categoryOf(campaign), first, exposures - shown);
        }
        foreach (var ad in lately) seen.Add(ad.Campaign, ad.Creative, ad.Category, ad.EndsAt);
        return seen;
    }
}
