namespace FaceAd.Web.Metrics;

/// <summary>
/// Audience figures for pages, read once for all pages that show the same days. An answer from the last minute is returned immediately; if
/// it is older than a few seconds, a new one is read in the background for the next caller.
/// </summary>
/// <param name="reader">Reads the figures.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
sealed class SharedAudience(AudienceFiguresReader reader, TimeProvider time, ILogger<SharedAudience> log)
{
    private const int MostKept = 64;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<Question, Answer> _kept = [];

    /// <summary>The audience of a site, or of all sites, at most a minute old.</summary>
    /// <param name="siteId">The site; null for all.</param>
    /// <param name="from">First site day.</param>
    /// <param name="to">Last day.</param>
    public Task<AudienceFigures> ReadAsync(Guid? siteId, DateOnly from, DateOnly to)
    {
        var (question, now) = (new Question(siteId, from, to), time.GetUtcNow());
        lock (_lock)
        {
            if (_kept.TryGetValue(question, out var last) && !last.Reading.IsFaulted && now - last.At < Usable)
            {
                if (last is { Reading.IsCompleted: true, Renewing: false } && now - last.At >= Fresh)
                {
                    last.Renewing = true;
                    _ = RenewAsync(question, last);
                }
                return last.Reading;
            }
            if (_kept.Count >= MostKept) _kept.Clear();
            var answer = new Answer(Begin(question), now);
            _kept[question] = answer;
            return answer.Reading;
        }
    }

    private Task<AudienceFigures> Begin(Question question) => Task.Run(() => reader.ReadAsync(question.Site, question.From, question.To));

    private async Task RenewAsync(Question question, Answer old)
    {
        var answer = new Answer(Begin(question), time.GetUtcNow());
        try
        {
            await answer.Reading;
            lock (_lock) _kept[question] = answer;
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or TimeoutException)
        {
            // The old answer stays in use, with its original age.
            lock (_lock) old.Renewing = false;
            log.LogWarning("Could not refresh the audience figures ({Reason}); using the last ones", exception.Message);
        }
    }

    private readonly record struct Question(Guid? Site, DateOnly From, DateOnly To);

    // Guarded by _lock.
    private sealed class Answer(Task<AudienceFigures> reading, DateTimeOffset at)
    {
        public Task<AudienceFigures> Reading { get; } = reading;

        public DateTimeOffset At { get; } = at;

        public bool Renewing { get; set; }
    }
}
