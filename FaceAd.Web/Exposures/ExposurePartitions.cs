using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>Creates the day partitions of the exposures table.</summary>
sealed class ExposurePartitions(NpgsqlDataSource database)
{
    private const string Prefix = "exposures_";
    private const string DayFormat = "yyyyMMdd";
    private readonly ConcurrentDictionary<DateOnly, bool> _made = new();

    /// <summary>The day of a partition by its table name; null for other tables.</summary>
    /// <param name="name">Name of a table.</param>
    public static DateOnly? DayOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && DateOnly.TryParseExact(name.AsSpan(Prefix.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day : null;

    /// <summary>Records that a day's partition was dropped.</summary>
    public void Forget(DateOnly day) => _made.TryRemove(day, out _);

    /// <summary>Ensures that a day's partition exists. Runs outside any ingest transaction, because it briefly locks the table.</summary>
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
        catch (PostgresException exception)
            when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Created concurrently by another node.
        }
        _made[day] = true;
    }
}
