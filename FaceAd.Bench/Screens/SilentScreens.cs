using FaceAd.Web.Data;

namespace FaceAd.Bench.Screens;

/// <summary>What registered screens cost that say nothing any more, beside campaigns to which nothing happens.</summary>
/// <param name="Campaigns">Running campaigns.</param>
/// <param name="None">Load without any screen or campaign.</param>
/// <param name="Silent">Load with the silent ones.</param>
/// <param name="HeapBefore">Memory without any.</param>
/// <param name="HeapAfter">Memory with them.</param>
/// <param name="Scanned">Rows that table scans read each second with the silent ones, by table; the most first.</param>
sealed record SilentFigures(
    int Campaigns, ServerLoad None, ServerLoad Silent, ServerMemory HeapBefore, ServerMemory HeapAfter,
    IReadOnlyList<(string Table, double Rows)> Scanned);

/// <summary>Registers screens, none of which connects, and books campaigns at them; measures the server before and with them.</summary>
static class SilentScreens
{
    private const int Campaigns = 10_000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>Runs the measurement, and removes the screens.</summary>
    /// <param name="server">A server that has nothing else to do.</param>
    /// <param name="count">Number of screens.</param>
    /// <param name="time">How long each load is measured.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static async Task<SilentFigures> RunAsync(
        MeasuredServer server, int count, TimeSpan time, CancellationToken cancellation)
    {
        await server.LoadAsync(time, cancellation); // what the start itself costs is not measured
        var (before, none) = (await server.MemoryAsync(cancellation), await server.LoadAsync(time, cancellation));
        var screens = await ScreenRows.AddAsync(server.Database, "Silent", count, measures: true, cancellation);
        // They were heard once: who never was is not looked for.
        await using (var heard = server.Database.CreateCommand("UPDATE screens SET last_seen_at = now() - interval '1 hour'"))
            await heard.ExecuteNonQueryAsync(cancellation);
        await server.UntilKnownAsync(screens[^1], cancellation);
        await BookedCampaigns.AddAsync(server.Database, Campaigns, cancellation);
        await Task.Delay(Settling, cancellation); // what they themselves cost when they come is not measured
        var (after, scans) = (await server.MemoryAsync(cancellation), await ScansAsync(server, cancellation));
        var silent = await server.LoadAsync(time, cancellation);
        List<(string, double)> scanned = [.. (await ScansAsync(server, cancellation))
            .Select(s => (s.Key, (s.Value - scans.GetValueOrDefault(s.Key)) / time.TotalSeconds)).OrderByDescending(s => s.Item2)];
        await BookedCampaigns.RemoveAsync(server.Database, cancellation);
        await ScreenRows.RemoveAsync(server.Database, screens, cancellation);
        return new SilentFigures(Campaigns, none, silent, before, after, scanned);
    }

    private static async Task<Dictionary<string, long>> ScansAsync(MeasuredServer server, CancellationToken cancellation)
    {
        await using var connection = await server.Database.OpenConnectionAsync(cancellation);
        var tables = await connection.QueryAsync(
            "SELECT relname::text, seq_tup_read FROM pg_stat_user_tables", [], r => (r.GetString(0), r.GetInt64(1)), cancellation);
        return tables.ToDictionary(t => t.Item1, t => t.Item2);
    }
}
