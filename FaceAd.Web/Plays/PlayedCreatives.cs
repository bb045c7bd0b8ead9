using System.Collections.Concurrent;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>The properties of a creative needed to check play reports.</summary>
/// <param name="Id">The creative.</param>
/// <param name="CampaignId">Its campaign; null for the house loop.</param>
/// <param name="OrganisationId">Its owner.</param>
/// <param name="Seconds">Its duration.</param>
readonly record struct PlayedCreative(Guid Id, Guid? CampaignId, Guid OrganisationId, double Seconds);

/// <summary>
/// Looks up the creatives named by plays. These properties never change, so each creative is read once; a deleted creative is detected by
/// the plays' foreign key.
/// </summary>
sealed class PlayedCreatives([ScreensPool] NpgsqlDataSource database) : IDisposable
{
    private const int Kept = 20_000;
    private readonly ConcurrentDictionary<Guid, PlayedCreative> _creatives = new();

    // After a start many players report the same creatives at once: one request reads them, and the pool keeps its connections.
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>Looks up creatives. Unknown ones are missing from the result.</summary>
    /// <param name="creatives">Identities; duplicates are ignored.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async ValueTask<IReadOnlyDictionary<Guid, PlayedCreative>> FindAsync(IEnumerable<Guid> creatives, CancellationToken cancellation)
    {
        var wanted = creatives.ToHashSet();
        Dictionary<Guid, PlayedCreative> found = new(wanted.Count);
        if (TakeKept()) return found;
        await _reading.WaitAsync(cancellation);
        try
        {
            if (TakeKept()) return found; // another request has read them in the meantime
            if (_creatives.Count > Kept) _creatives.Clear();
            await using var connection = await database.OpenConnectionAsync(cancellation);
            var read = await connection.QueryAsync(
                "SELECT id, campaign_id, organisation_id, seconds FROM creatives WHERE id = ANY ($1)",
                [wanted.Except(found.Keys).ToArray()], r =>
                    new PlayedCreative(r.GetGuid(0), r.IsDBNull(1) ? null : r.GetGuid(1), r.GetGuid(2), r.GetDouble(3)), cancellation);
            foreach (var creative in read) found[creative.Id] = _creatives[creative.Id] = creative;
            return found;
        }
        finally
        {
            _reading.Release();
        }

        bool TakeKept()
        {
            foreach (var id in wanted)
            {
                if (_creatives.TryGetValue(id, out var creative)) found[id] = creative;
            }
            return found.Count == wanted.Count;
        }
    }

    /// <summary>Drops a deleted creative from the cache.</summary>
    public void Forget(Guid creative) => _creatives.TryRemove(creative, out _);

    public void Dispose() => _reading.Dispose();
}
