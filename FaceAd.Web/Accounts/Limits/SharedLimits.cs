using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Accounts.Limits;

/// <summary>How often something may be done: so often at once, and as often again in the time in which that is forgotten.</summary>
/// <param name="Most">So often at once, at least 1.</param>
/// <param name="Over">The time in which that is forgotten.</param>
readonly record struct Rate(int Most, TimeSpan Over)
{
    /// <summary>From one to the next for whoever has used up <see cref="Most"/>; in whole microseconds, as PostgreSQL counts.</summary>
    public TimeSpan Step => TimeSpan.FromMicroseconds(Over.Ticks / TimeSpan.TicksPerMicrosecond / Most);
}

/// <summary>
/// Limits that hold for all nodes together, whichever a request reaches: one row for each limit in use, by the database's clock. The rows
/// are unlogged: after a crash of the database everyone starts anew.
/// </summary>
sealed class SharedLimits(NpgsqlDataSource database, TimeProvider time, ILogger<SharedLimits> log) : BackgroundService
{
    /// <summary>Creates the tables of limits and of <see cref="SignInGuard"/>. Run by a migration; idempotent.</summary>
    public const string Create = """
        CREATE UNLOGGED TABLE IF NOT EXISTS limits (key uuid PRIMARY KEY, unused_at timestamptz NOT NULL);
        CREATE UNLOGGED TABLE IF NOT EXISTS sign_in_tries (
            key uuid PRIMARY KEY, tries int NOT NULL, at timestamptz NOT NULL, held_until timestamptz NOT NULL);
        """;

    // A row says when nothing of its limit is used any more. Who is refused changes nothing. A time beyond what the limit allows was
    // written before the clock was set back, and does not count.
    private const string Take = """
        INSERT INTO limits AS l (key, unused_at) VALUES ($1, clock_timestamp() + $2)
        ON CONFLICT (key) DO UPDATE SET unused_at =
            CASE WHEN l.unused_at BETWEEN clock_timestamp() AND clock_timestamp() + $3 THEN l.unused_at ELSE clock_timestamp() END + $2
        WHERE l.unused_at + $2 <= clock_timestamp() + $3 OR l.unused_at > clock_timestamp() + $3
        RETURNING 1
        """;

    private const string Sweep = "DELETE FROM limits WHERE unused_at < clock_timestamp()";
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Whether it may be done once more.</summary>
    /// <param name="of">What is limited.</param>
    /// <param name="who">Whose limit it is.</param>
    /// <param name="rate">The limit.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<bool> TakeAsync(string of, string who, Rate rate, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync(Take, [KeyOf($"{of}\n{who}"), rate.Step, rate.Over], _ => true, cancellation)).Count > 0;
    }

    /// <summary>The key of a row: a hash, so that long addresses do not fill the table, and nobody reads there who tried what.</summary>
    internal static Guid KeyOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    /// <summary>Deletes the rows that say nothing any more.</summary>
    internal async Task SweepAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(Sweep, [], cancellation);
        await connection.ExecuteAsync(SignInGuard.Sweep, [SignInGuard.Quiet, SignInGuard.Capacity], cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Could not delete old counts of tries ({Reason}); will retry", exception.Message);
            }
        }
    }
}
