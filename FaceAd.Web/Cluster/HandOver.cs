using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>What became of a wish that a site be handed over.</summary>
enum HandOverOutcome
{
    /// <summary>Its owner hands it over within a second or two.</summary>
    Asked = 0,

    /// <summary>No node takes sites: none at all, none but the owner, or not the one that was named.</summary>
    NoNode = 1,

    /// <summary>No living node other than the one that should have it owns it: whoever hears of its screens first takes it.</summary>
    NoOwner = 2,
}

/// <summary>Has a site's owner hand it over to another node: the one rule of the command line and of the API.</summary>
static class HandOver
{
    private const string Wish = """
        UPDATE site_owners o SET heir_id = $2 FROM nodes n
        WHERE o.site_id = $1 AND n.id = o.node_id AND n.id <> $2 AND n.expires_at > clock_timestamp()
        RETURNING coalesce(n.address, n.id::text)
        """;

    /// <summary>Asks for it.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="site">The site, and its name for the audit log.</param>
    /// <param name="node">Address or identity of the next node; null for the one with the fewest sites.</param>
    /// <param name="by">Who asks; null for the system.</param>
    /// <param name="now">Time of the wish, for the audit log.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>What came of it; when it was asked for, from which node to which.</returns>
    public static async Task<(HandOverOutcome Outcome, string? From, string? To)> AskAsync(
        NpgsqlConnection connection, (Guid Id, string Name) site, string? node, Viewer? by, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var nodes = (await SitePlan.ReadNodesAsync(connection, cancellation)).Where(n => n.Takes && (node is null || n.IsAt(node)));
        if (node is null)
        {
            var owner = await connection.QueryAsync(
                "SELECT node_id FROM site_owners WHERE site_id = $1 AND node_id IS NOT NULL", [site.Id], r => r.GetGuid(0), cancellation);
            nodes = nodes.Where(n => !owner.Contains(n.Id));
        }
        if (nodes.MinBy(n => n.Sites) is not { } heir) return (HandOverOutcome.NoNode, null, null);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await connection.QueryAsync(Wish, [site.Id, heir.Id], r => r.GetString(0), cancellation) is not [var from])
            return (HandOverOutcome.NoOwner, null, heir.Name);
        await AuditLog.AddAsync(
            connection,
            AuditLog.Entry(
                by, now, AuditVerb.SiteHandedOver, AuditSubject.Site, site.Id, site.Name,
                new Dictionary<string, string> { ["node"] = heir.Name }),
            cancellation);
        await transaction.CommitAsync(cancellation);
        return (HandOverOutcome.Asked, from, heir.Name);
    }
}
