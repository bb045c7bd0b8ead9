using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>Makes the day partitions of the exposures table, each once.</summary>
sealed class ExposurePartitions(NpgsqlDataSource database)
{
    private const string Prefix = "exposures_";
    private const string DayFormat = "yyyyMMdd";
    private readonly ConcurrentDictionary<DateOnly, bool> _made = new();

    /// <summary>The day of a partition by its name; null when it is none of these.</summary>
    /// <param name="name">Name of a table.</param>
    public static DateOnly? DayOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && DateOnly.TryParseExact(name.AsSpan(Prefix.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>Takes note that a day's partition was dropped.</summary>
    /// <param name="day">The day.</param>
    public void Forget(DateOnly day) => _made.TryRemove(day, out _);

    /// <summary>Makes sure that a day's partition exists. Runs outside of any ingest transaction: it locks the table for a moment.</summary>
    public async Task EnsureAsync(DateOnly day, CancellationToken cancellation)
    {
        if (_made.ContainsKey(day)) return;
        var name = Prefix + day.ToString(DayFormat, CultureInfo.InvariantCulture);
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
