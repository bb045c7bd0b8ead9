using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>Makes the day partitions of the exposures table, each once.</summary>
sealed class ExposurePartitions(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<DateOnly, bool> _made = new();

    /// <summary>Makes sure that a day's partition exists. Runs outside of any ingest transaction: it locks the table for a moment.</summary>
    public async Task EnsureAsync(DateOnly day, CancellationToken cancellation)
    {
        if (_made.ContainsKey(day)) return;
        var name = "exposures_" + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"CREATE TABLE IF NOT EXISTS {name} PARTITION OF exposures FOR VALUES FROM ('{day:yyyy-MM-dd}') TO ('{day.AddDays(1):yyyy-MM-dd}')");
        try
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Another node made it in the same moment.
        }
        _made[day] = true;
    }
}
