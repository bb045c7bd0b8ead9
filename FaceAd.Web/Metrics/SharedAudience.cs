using System.Collections.Concurrent;

namespace FaceAd.Web.Metrics;

/// <summary>
/// The audience of places for pages: one reading for all that look at the same days. An answer of the last minute is given at once; when it is older than
/// a few seconds a new one is read meanwhile for whoever looks next.
/// </summary>
/// <param name="reader">Reads.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed class SharedAudience(AudienceFiguresReader reader, TimeProvider time, ILogger<SharedAudience> log)
{
    private const int MostKept = 64;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(Guid? Site, DateOnly From, DateOnly To), (Task<AudienceFigures> Reading, DateTimeOffset At)> _kept = new();

    /// <summary>The audience of a site, or of all, at most a minute old.</summary>
    /// <param name="siteId">The site; null for all.</param>
    /// <param name="from">First day of the site.</param>
    /// <param name="to">Last day.</param>
    public Task<AudienceFigures> ReadAsync(Guid? siteId, DateOnly from, DateOnly to)
    {
        var (key, now) = ((siteId, from, to), time.GetUtcNow());
        if (_kept.TryGetValue(key, out var kept) && !kept.Reading.IsFaulted && now - kept.At < Usable)
        {
            if (kept.Reading.IsCompletedSuccessfully && now - kept.At >= Fresh) _ = RenewAsync(key, kept);
            return kept.Reading;
        }
        if (_kept.Count >= MostKept) _kept.Clear();
        var reading = reader.ReadAsync(siteId, from, to);
        _kept[key] = (reading, now);
        return reading;
    }

    private async Task RenewAsync((Guid? Site, DateOnly From, DateOnly To) key, (Task<AudienceFigures> Reading, DateTimeOffset At) old)
    {
        // Whoever marks it first reads; the others go on with the old answer.
        var now = time.GetUtcNow();
        if (!_kept.TryUpdate(key, (old.Reading, now), old)) return;
        try
        {
            var figures = await reader.ReadAsync(key.Site, key.From, key.To);
            _kept[key] = (Task.FromResult(figures), now);
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or TimeoutException)
        {
            log.LogWarning("The audience could not be read anew ({Reason})", exception.Message);
        }
    }
}
