using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Npgsql;
using NpgsqlTypes;

namespace FaceAd.Web.Plays;

/// <summary>
/// Writes plays in groups. The common case, new rows only, uses binary COPY; a conflict (a play that another node has just committed, a
/// repeat with other times) falls back to a multi-row INSERT with ON CONFLICT. Writers copy rows in parallel and take turns at the totals,
/// where they would wait for each other's locks anyway.
/// </summary>
sealed class PlayStore : IDisposable
{
    private const string Copy = """
        COPY plays (id, screen_id, decision_id, creative_id, campaign_id, organisation_id, started_at, ended_at, day, "end",
                    measured, frames_presented, received_at, exposures_due) FROM STDIN (FORMAT BINARY)
        """;

    private const string Insert = """
        INSERT INTO plays (id, screen_id, decision_id, creative_id, campaign_id, organisation_id, started_at, ended_at, day, "end",
                           measured, frames_presented, received_at, exposures_due)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS p (id) ORDER BY id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
        """;

    private readonly RecentPlays _recent = new();
    private readonly SemaphoreSlim _sums = new(1);

    private readonly NpgsqlDataSource _database;
    private readonly Histogram<double> _seconds;

    public PlayStore([ScreensPool] NpgsqlDataSource database, IMeterFactory meters)
    {
        _database = database;
        _seconds = meters.Create("FaceAd.Plays")
            .CreateHistogram<double>("facead.plays.step", "s", "Time of each step of writing a group of plays");
    }

    public void Dispose() => _sums.Dispose();

    /// <summary>Opens a connection for a series of groups.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation) => _database.OpenConnectionAsync(cancellation);

    /// <summary>
    /// Which plays are stored already, accepted or disputed; marks those that are disputed after all, see <see cref="PlayComparison"/>.
    /// </summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="plays">Plays, of each screen distinct ones, in the order of arrival.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlySet<Play>> FindKnownAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Play> plays, CancellationToken cancellation)
    {
        using var _ = Step("find");
        var recent = _recent.Find(plays.Select(p => (p.ScreenId, p.Id)));
        var known = plays.Where(p => recent.Contains((p.ScreenId, p.Id))).ToHashSet();
        List<Play> others = [.. plays.Where(p => !known.Contains(p))];
        if (others.Count > 0) known.UnionWith(await PlayComparison.RunAsync(connection, others, cancellation));
        return known;
    }

    /// <summary>Commits plays together with their totals.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="plays">Distinct plays.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The new ones.</returns>
    /// <exception cref="PostgresException">A row cannot be stored; the whole group was rolled back.</exception>
    /// <exception cref="SiteLostException">A site has a new owner; the whole group was rolled back.</exception>
    public async Task<IReadOnlyList<Play>> CommitAsync(
        NpgsqlConnection connection, IReadOnlyList<Play> plays, CancellationToken cancellation)
    {
        // Same order everywhere, so that two groups cannot deadlock.
        Play[] sorted = [.. plays.OrderBy(p => p.Id)];
        try
        {
            return await CommitAsync(connection, sorted, CopyWithSealsAsync, cancellation);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // COPY comes first in its transaction, so that only the rows themselves are written again.
            return await CommitAsync(connection, sorted, InsertAsync, cancellation);
        }
    }

    private async Task<IReadOnlyList<Play>> CommitAsync(
        NpgsqlConnection connection, Play[] plays, Func<NpgsqlConnection, Play[], CancellationToken, Task<IReadOnlyList<Play>>> write,
        CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        IReadOnlyList<Play> fresh;
        using (Step("rows")) fresh = await write(connection, plays, cancellation);
        await _sums.WaitAsync(cancellation);
        try
        {
            using (Step("totals")) await AddTotalsAsync(connection, fresh, cancellation);
            // From here a node that hangs is ended before its sites have another owner. One that hung before may have compared its plays
            // with what that owner has overtaken.
            await SiteLease.CheckAsync(connection, fresh.Select(p => p.Lease).OfType<SiteLease>(), cancellation);
            using (Step("commit")) await transaction.CommitAsync(cancellation);
        }
        finally
        {
            _sums.Release();
        }
        _recent.Add(plays.Select(p => (p.ScreenId, p.Id)));
        return fresh;
    }

    /// <summary>The single place that adds new plays to the totals, in the plays' transaction.</summary>
    private static async Task AddTotalsAsync(NpgsqlConnection connection, IReadOnlyList<Play> fresh, CancellationToken cancellation)
    {
        if (fresh.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.Add($"SELECT {Sql.EndIfHung}");
        PlayRollups.AddTo(batch, fresh);
        News.Add(batch, NewsKind.Campaign, fresh.Where(p => p.CampaignId is not null).Select(p => p.CampaignId!.Value));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The COPY alone, without a transaction of its own.</summary>
    internal static async Task<IReadOnlyList<Play>> CopyAsync(NpgsqlConnection connection, Play[] plays, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellation);
        foreach (var play in plays) await WriteAsync(copy, play, cancellation);
        await copy.CompleteAsync(cancellation);
        return plays;
    }

    private static async Task<IReadOnlyList<Play>> CopyWithSealsAsync(
        NpgsqlConnection connection, Play[] plays, CancellationToken cancellation)
    {
        await CopyAsync(connection, plays, cancellation);
        await PlaySeals.CopyAsync(connection, plays, cancellation);
        return plays;
    }

    /// <summary>Writes one row of the COPY.</summary>
    private static async ValueTask WriteAsync(NpgsqlBinaryImporter copy, Play play, CancellationToken cancellation)
    {
        await copy.StartRowAsync(cancellation);
        await copy.WriteAsync(play.Id, NpgsqlDbType.Uuid, cancellation);
        await copy.WriteAsync(play.ScreenId, NpgsqlDbType.Uuid, cancellation);
        if (play.DecisionId is { } decision) await copy.WriteAsync(decision, NpgsqlDbType.Uuid, cancellation);
        else await copy.WriteNullAsync(cancellation);
        await copy.WriteAsync(play.CreativeId, NpgsqlDbType.Uuid, cancellation);
        if (play.CampaignId is { } campaign) await copy.WriteAsync(campaign, NpgsqlDbType.Uuid, cancellation);
        else await copy.WriteNullAsync(cancellation);
        await copy.WriteAsync(play.OrganisationId, NpgsqlDbType.Uuid, cancellation);
        await copy.WriteAsync(play.StartedAt, NpgsqlDbType.TimestampTz, cancellation);
        await copy.WriteAsync(play.EndedAt, NpgsqlDbType.TimestampTz, cancellation);
        await copy.WriteAsync(play.Day, NpgsqlDbType.Date, cancellation);
        await copy.WriteAsync((int)play.End, NpgsqlDbType.Integer, cancellation);
        await copy.WriteAsync(play.Measured, NpgsqlDbType.Boolean, cancellation);
        await copy.WriteAsync(play.FramesPresented, NpgsqlDbType.Integer, cancellation);
        await copy.WriteAsync(play.ReceivedAt, NpgsqlDbType.TimestampTz, cancellation);
        await copy.WriteAsync(play.ExposuresDue, NpgsqlDbType.Boolean, cancellation);
    }

    private static async Task<IReadOnlyList<Play>> InsertAsync(NpgsqlConnection connection, Play[] plays, CancellationToken cancellation)
    {
        T[] Column<T>(Func<Play, T> value) => Array.ConvertAll(plays, p => value(p));
        var inserted = await connection.QueryAsync(
            Insert,
            [
                Column(p => p.Id), Column(p => p.ScreenId), Column(p => p.DecisionId), Column(p => p.CreativeId), Column(p => p.CampaignId),
                Column(p => p.OrganisationId), Column(p => p.StartedAt), Column(p => p.EndedAt), Column(p => p.Day),
                Column(p => (int)p.End), Column(p => p.Measured), Column(p => p.FramesPresented), Column(p => p.ReceivedAt),
                Column(p => p.ExposuresDue),
            ],
            r => r.GetGuid(0), cancellation);
        var ids = inserted.ToHashSet();
        var fresh = Array.FindAll(plays, p => ids.Contains(p.Id));
        await PlaySeals.InsertAsync(connection, fresh, skipUsed: false, cancellation);
        return fresh;
    }

    private StepTimer Step(string name) => new(_seconds, name, Stopwatch.GetTimestamp());

    private readonly struct StepTimer(Histogram<double> seconds, string name, long started) : IDisposable
    {
        public void Dispose() =>
            seconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("step", name));
    }
}
