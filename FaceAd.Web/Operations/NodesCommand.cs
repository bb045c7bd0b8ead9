using System.Globalization;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Npgsql;

namespace FaceAd.Web.Operations;

/// <summary>
/// <c>--sites</c>, <c>--hand-over SITE [NODE]</c> and <c>--drain NODE</c> of the web app: says which node has which site, or has the
/// running nodes move sites, which they do within a second or, for a whole node, a few a second. Prints the result and exits.
/// </summary>
static class NodesCommand
{
    private const string Sites = "--sites", HandOver = "--hand-over", Drain = "--drain";

    private const string List = """
        SELECT s.id, s.name, coalesce(n.address, n.id::text), o.since,
               (SELECT count(*)::int FROM screens c WHERE c.site_id = s.id AND c.revoked_at IS NULL)
        FROM sites s LEFT JOIN site_owners o ON o.site_id = s.id
        LEFT JOIN nodes n ON n.id = o.node_id AND n.expires_at > clock_timestamp()
        ORDER BY s.name, s.id
        """;

    private const string FindSites = "SELECT id, name FROM sites WHERE id::text = $1 OR name = $1";

    /// <summary>The arguments that are settings; see <see cref="Metrics.Rollups.RollupCommand.SettingsOf"/>.</summary>
    public static string[] SettingsOf(string[] args)
    {
        List<string> settings = [.. args.Where(a => a != Sites)];
        foreach (var (command, most) in new[] { (HandOver, 2), (Drain, 1) })
        {
            if (settings.IndexOf(command) is var at && at >= 0) settings.RemoveRange(at, 1 + WordsAfter(settings, at, most).Count);
        }
        return [.. settings];
    }

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>Whether they name one.</returns>
    /// <exception cref="StartException">It cannot be done; the message says why.</exception>
    public static async Task<bool> RunAsync(
        WebApplicationBuilder builder, DataFolder folder, string[] args, CancellationToken cancellation = default)
    {
        var command = Array.Find(args, a => a is Sites or HandOver or Drain);
        if (command is null) return false;
        var words = WordsAfter(args, Array.IndexOf(args, command), 2);
        await using var postgres = await builder.JoinDatabaseAsync(folder);
        await using var source = NpgsqlDataSource.Create(builder.Configuration.GetConnectionString("FaceAd")!);
        IReadOnlyList<string> lines;
        try
        {
            lines = command switch
            {
                Sites => await ListAsync(source, cancellation),
                HandOver => [await HandOverAsync(source, words.ElementAtOrDefault(0), words.ElementAtOrDefault(1), cancellation)],
                _ => [await DrainAsync(source, words.ElementAtOrDefault(0), cancellation)],
            };
        }
        catch (NpgsqlException exception)
        {
            throw new StartException($"PostgreSQL: {exception.Message}");
        }
#pragma warning disable RS0030 // a command line writes to the console
        foreach (var line in lines) Console.WriteLine(line);
#pragma warning restore RS0030
        return true;
    }

    /// <summary>Each living node and each site, one a line, its columns separated by tabs.</summary>
    internal static async Task<IReadOnlyList<string>> ListAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var nodes = await SitePlan.ReadNodesAsync(connection, cancellation);
        var sites = await connection.QueryAsync(
            List, [], r => string.Create(
                CultureInfo.InvariantCulture,
                $"{r.GetGuid(0)}\t{Plain(r.GetString(1))}\t{(r.IsDBNull(2) ? "-" : r.GetString(2))}\t{(r.IsDBNull(3) ? "-" : $"{r.GetDateTime(3):u}")}\t{r.GetInt32(4)}"),
            cancellation);
        return
        [
            "NODE\tSTATE\tSITES",
            .. nodes.Select(n => $"{n.Name}\t{(n.Drains ? "drains" : n.Serves ? "serves" : "starts, stops or hangs")}\t{n.Sites}"),
            "", "SITE\tNAME\tNODE\tSINCE\tSCREENS", .. sites,
        ];
    }

    /// <summary>Has the owner of a site hand it over.</summary>
    /// <param name="database">The database.</param>
    /// <param name="siteWord">Identity or name of the site.</param>
    /// <param name="nodeWord">Address of the next node; null for the one with the fewest sites.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    internal static async Task<string> HandOverAsync(
        NpgsqlDataSource database, string? siteWord, string? nodeWord, CancellationToken cancellation)
    {
        if (siteWord is null) throw new StartException($"{HandOver} SITE [NODE]: name the site.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await connection.QueryAsync(FindSites, [siteWord], r => (Id: r.GetGuid(0), Name: r.GetString(1)), cancellation)
            is not [var site]) throw new StartException($"There is no site {siteWord}, by its identity or name; {Sites} lists them.");
        var (outcome, from, heir) = await Cluster.HandOver.AskAsync(
            connection, site, nodeWord, null, TimeProvider.System.GetUtcNow(), cancellation);
        return outcome switch
        {
            HandOverOutcome.NoNode => throw new StartException(
                $"No node takes sites{(nodeWord is null ? "" : $" at {nodeWord}")}; {Sites} lists them."),
            HandOverOutcome.NoOwner => $"{site.Name} belongs to no other living node: whoever hears of its screens first takes it.",
            _ => $"{site.Name} goes from {from} to {heir}.",
        };
    }

    /// <summary>Has a node hand over all its sites, until it is started again.</summary>
    internal static async Task<string> DrainAsync(NpgsqlDataSource database, string? nodeWord, CancellationToken cancellation)
    {
        if (nodeWord is null) throw new StartException($"{Drain} NODE: name the node by its address.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var nodes = await SitePlan.ReadNodesAsync(connection, cancellation);
        if (nodes.FirstOrDefault(n => n.IsAt(nodeWord)) is not { } node)
            throw new StartException($"No node lives at {nodeWord}; {Sites} lists them.");
        if (!nodes.Any(n => n.Id != node.Id && n.Takes)) throw new StartException("No other node takes sites.");
        await connection.ExecuteAsync("UPDATE nodes SET drains = true WHERE id = $1", [node.Id], cancellation);
        await AuditLog.AddAsync(
            connection,
            AuditLog.Entry(null, TimeProvider.System.GetUtcNow(), AuditVerb.NodeDrained, AuditSubject.Node, node.Id, node.Name),
            cancellation);
        return $"{node.Name} hands over {node.Sites} sites, {FairShare.Batch} a second. {Sites} shows how far it is.";
    }

    // A name may hold what would look like another column.
    private static string Plain(string name) => string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));

    private static List<string> WordsAfter(IReadOnlyList<string> args, int at, int most) =>
        [.. args.Skip(at + 1).Take(most).TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
}
