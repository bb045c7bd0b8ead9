using System.Globalization;
using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Bench.Screens;

/// <summary>A registered screen, and the token that a player would hold.</summary>
sealed record BenchScreen(Guid Id, Guid Site, string Name, string Token);

/// <summary>Registers screens by the thousand: rows, written in two statements.</summary>
static class ScreenRows
{
    private const int Usual = 4;

    private const string AddSites = """
        INSERT INTO sites (id, name, address, time_zone, epoch_anchor, measurement, consent_at, consent_reference, notice, created_at)
        SELECT id, name, '', 'Asia/Seoul', $3, $4, CASE WHEN $4 THEN now() - interval '60 days' END, 'Contract', 'Notice', now()
        FROM unnest($1, $2) AS s (id, name)
        """;

    private const string AddScreens = """
        INSERT INTO screens (id, site_id, name, mode, token_hash, created_at, camera)
        SELECT id, site_id, name, $5, token_hash, now(), 0 FROM unnest($1, $2, $3, $4) AS s (id, site_id, name, token_hash)
        """;

    /// <summary>Registers screens that analyse their frames themselves.</summary>
    /// <param name="database">The database.</param>
    /// <param name="prefix">Begins the names of the buildings.</param>
    /// <param name="count">Number of screens.</param>
    /// <param name="measures">Whether the buildings have agreed to measurement, and measure.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <param name="perSite">Screens of one building.</param>
    public static async Task<List<BenchScreen>> AddAsync(
        NpgsqlDataSource database, string prefix, int count, bool measures, CancellationToken cancellation, int perSite = Usual)
    {
        var sites = Enumerable.Range(0, (count + perSite - 1) / perSite).Select(_ => Guid.CreateVersion7()).ToArray();
        List<BenchScreen> screens = [.. Enumerable.Range(0, count).Select(i => new BenchScreen(
            Guid.CreateVersion7(), sites[i / perSite], Text($"Elevator {(i % perSite) + 1}"), DeviceToken.Generate()))];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            AddSites, [sites, sites.Select((_, i) => Text($"{prefix} {i}")).ToArray(), SiteCalendar.DefaultAnchor, measures], cancellation);
        await connection.ExecuteAsync(
            AddScreens,
            [
                screens.Select(s => s.Id).ToArray(), screens.Select(s => s.Site).ToArray(), screens.Select(s => s.Name).ToArray(),
                screens.Select(s => DeviceToken.Hash(s.Token)).ToArray(), (int)InferenceMode.Device,
            ],
            cancellation);
        return screens;
    }

    /// <summary>Makes screens ones that have been connected without a break until now.</summary>
    public static async Task SetConnectedAsync(NpgsqlDataSource database, List<BenchScreen> screens, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            "UPDATE screens SET last_seen_at = now() WHERE id = ANY ($1)", [screens.Select(s => s.Id).ToArray()], cancellation);
    }

    /// <summary>Removes screens that have never sent anything, with their buildings.</summary>
    public static async Task RemoveAsync(NpgsqlDataSource database, List<BenchScreen> screens, CancellationToken cancellation)
    {
        var sites = screens.Select(s => s.Site).Distinct().ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync("DELETE FROM screens WHERE site_id = ANY ($1)", [sites], cancellation);
        await connection.ExecuteAsync("DELETE FROM sites WHERE id = ANY ($1)", [sites], cancellation);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
