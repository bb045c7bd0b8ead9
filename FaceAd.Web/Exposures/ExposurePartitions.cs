using System.Collections.Concurrent;
using System.Globalization;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>Creates the day partitions of the exposures table.</summary>
sealed class ExposurePartitions
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

    /// <summary>Whether a day's partition may be missing. No I/O.</summary>
    public bool MayLack(DateOnly day) => !_made.ContainsKey(day);

    /// <summary>Ensures that a day's partition exists.</summary>
    /// <param name="connection">A connection without a transaction: the table is locked, briefly.</param>
    /// <param name="day">The day.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task EnsureAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellation)
    {
        if (!MayLack(day)) return;
        var name = Prefix + day.ToString(DayFormat, CultureInfo.InvariantCulture);
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"CREATE TABLE IF NOT EXISTS {name} PARTITION OF exposures FOR VALUES FROM ('{day:yyyy-MM-dd}') TO ('{day.AddDays(1):yyyy-MM-dd}')");
        try
        {
            await connection.ExecuteAsync(sql, [], cancellation);
        }
        catch (PostgresException exception)
            when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Created concurrently by another node.
        }
        _made[day] = true;
    }
}
