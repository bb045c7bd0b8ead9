using System.Collections.Concurrent;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>A film as play reports are checked against it.</summary>
/// <param name="Id">The creative.</param>
/// <param name="CampaignId">Its campaign; null for the house loop.</param>
/// <param name="OrganisationId">Its owner.</param>
/// <param name="Seconds">Its running time.</param>
readonly record struct PlayedFilm(Guid Id, Guid? CampaignId, Guid OrganisationId, double Seconds);

/// <summary>
/// Finds the films that plays name. What is asked of a film never changes, so that each is read once; that one was deleted is found by
/// the foreign key of its plays.
/// </summary>
sealed class PlayedFilms(NpgsqlDataSource database) : IDisposable
{
    private const int Kept = 20_000;
    private readonly ConcurrentDictionary<Guid, PlayedFilm> _films = new();

    // After a start many players ask for the same films at once: one of them reads, and the pool keeps its connections.
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>Finds films. Those that do not exist are missing in the answer.</summary>
    /// <param name="creatives">Which ones; repeats are folded.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask<IReadOnlyDictionary<Guid, PlayedFilm>> FindAsync(IEnumerable<Guid> creatives, CancellationToken cancellation)
    {
        var wanted = creatives.ToHashSet();
        Dictionary<Guid, PlayedFilm> found = new(wanted.Count);
        if (TakeKept()) return found;
        await _reading.WaitAsync(cancellation);
        try
        {
            if (TakeKept()) return found; // another request has asked for the same
            if (_films.Count > Kept) _films.Clear();
            await using var connection = await database.OpenConnectionAsync(cancellation);
            var read = await connection.QueryAsync(
                "SELECT id, campaign_id, organisation_id, seconds FROM creatives WHERE id = ANY ($1)", [wanted.Except(found.Keys).ToArray()],
                r => new PlayedFilm(r.GetGuid(0), r.IsDBNull(1) ? null : r.GetGuid(1), r.GetGuid(2), r.GetDouble(3)), cancellation);
            foreach (var film in read) found[film.Id] = _films[film.Id] = film;
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
                if (_films.TryGetValue(id, out var film)) found[id] = film;
            }
            return found.Count == wanted.Count;
        }
    }

    /// <summary>A film was deleted: it is asked for again.</summary>
    public void Forget(Guid creative) => _films.TryRemove(creative, out _);

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();
}
