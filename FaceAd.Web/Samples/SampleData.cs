using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Creatives.Buildings;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Samples;

/// <summary>
/// The data of the demonstration: whether there is any, and its removal. Nothing else tells it from real data, so that what visitors see is
/// what the product does; but for screens without a player, which would look broken.
/// </summary>
sealed class SampleData(
    IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, RollupAuditor auditor, ScreenDirectory screens,
    PersonRecogniser recogniser, SitePictures pictures, TimeProvider time, ILogger<SampleData> log)
{
    private const int Tries = 3;
    private static readonly TimeSpan LongestStatement = TimeSpan.FromMinutes(5);

    // It is made before the app starts and may be removed on another node: "yes" is asked again, "no" is not.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private bool? _any;
    private long _askedAt;

    /// <summary>Whether there is any.</summary>
    public async ValueTask<bool> AnyAsync(CancellationToken cancellation = default)
    {
        if (_any is { } known && (!known || time.GetElapsedTime(Volatile.Read(ref _askedAt)) < Fresh)) return known;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var any = await db.Set<SampleItem>().AnyAsync(cancellation);
        Volatile.Write(ref _askedAt, time.GetTimestamp());
        _any = any;
        return any;
    }

    /// <summary>
    /// Removes it all: sample organisations with their members and campaigns, sample sites with their screens, and what was seen and played
    /// there. Real data stays, as do the audit log, to which this is added, and the caller's account.
    /// </summary>
    /// <param name="by">The administrator; null for the demonstration itself, which mends a seed that was cut short.</param>
    /// <param name="cancellation">Cancels; what was not committed is kept, and another call does the rest.</param>
    /// <exception cref="UnauthorizedAccessException">The user is not an administrator.</exception>
    public async Task RemoveAsync(Viewer? by, CancellationToken cancellation = default)
    {
        if (by is { } viewer && !(viewer is { IsMediaOwner: true, Manages: true, CanChange: true }))
            throw new UnauthorizedAccessException("Only administrators remove the sample data.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var sites = await connection.QueryAsync(
            "SELECT id, picture_sha256 FROM sites WHERE id IN (SELECT id FROM sample_items)", [],
            r => (Id: r.GetGuid(0), Picture: r.IsDBNull(1) ? null : r.GetString(1)), cancellation);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RemoveAsync(connection, by, cancellation);
                break;
            }
            catch (PostgresException exception) when (exception.SqlState.StartsWith("40", StringComparison.Ordinal) && attempt < Tries)
            {
                // A deadlock with a writer: nothing has changed, try again.
            }
        }
        // Sums of campaigns that stay, without what was seen at screens that are gone. The marks go last: until then this can be repeated.
        await auditor.RebuildAsync(cancellation);
        await connection.ExecuteAsync("DELETE FROM sample_items", [], cancellation);
        _any = false;
        foreach (var (site, picture) in sites)
        {
            await recogniser.DropAsync(site);
            if (picture is not null) await pictures.DeleteAsync(site, picture);
        }
        await screens.RefreshAsync(cancellation);
        log.LogInformation("The sample data was removed, by {User}", by?.Name ?? "the demonstration");
    }

    private async Task RemoveAsync(NpgsqlConnection connection, Viewer? by, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (by is { UserId: { } user })
        {
            await connection.ExecuteAsync("DELETE FROM sample_items WHERE id = $1", [user], cancellation);
            await AuditLog.AddAsync(
                connection,
                AuditLog.Entry(by, time.GetUtcNow(), AuditVerb.SampleDataRemoved, AuditSubject.Organisation, by.Value.OrganisationId, null),
                cancellation);
        }
        await using (var collect = new NpgsqlCommand(SampleRemoval.Collect, connection)) await collect.ExecuteNonQueryAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection) { Timeout = (int)LongestStatement.TotalSeconds };
        foreach (var statement in SampleRemoval.Lock.Concat(SampleRemoval.Delete)) batch.Add(statement);
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
