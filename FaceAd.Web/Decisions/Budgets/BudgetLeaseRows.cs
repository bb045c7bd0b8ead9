using FaceAd.Core.Decisions.Pacing;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Decisions.Budgets;

/// <summary>
/// The rows of <c>budget_holders</c> and <c>budget_leases</c>, as one node asks and changes them. Whoever changes them holds one lock, and
/// sees with it what is stored of the campaigns: what a node gives back after its plays are counted is never seen without their count.
/// </summary>
static class BudgetLeaseRows
{
    /// <summary>How long what a node holds outlives its last exchange.</summary>
    public static readonly TimeSpan Term = PacingBook.PatienceElsewhere;

    // In seconds.
    private const int Patience = 5;

    private const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended('facead.budgets', 0))";

    // A node that has expired may renew itself as long as its row stands: without it, it knows that it is over.
    private const string Bury = "DELETE FROM nodes WHERE id <> $1 AND expires_at < clock_timestamp()";

    private const string EnterAlone = """
        INSERT INTO budget_holders (node_id, alone, expires_at) SELECT $1, true, 'infinity'
        WHERE EXISTS (SELECT FROM nodes WHERE id = $1 AND expires_at > clock_timestamp()) AND NOT EXISTS (SELECT FROM nodes WHERE id <> $1)
        ON CONFLICT (node_id) DO UPDATE SET alone = true, expires_at = 'infinity'
        """;

    private const string IsAlone = "EXISTS (SELECT FROM budget_holders WHERE node_id = $1 AND alone)";

    private const string ForgetOthers = $"DELETE FROM budget_holders WHERE node_id <> $1 AND {IsAlone}";

    private const string ForgetDead = """
        DELETE FROM budget_holders h WHERE h.node_id <> $1 AND (h.expires_at < clock_timestamp() OR h.node_id = ANY ($2))
            AND NOT (h.alone AND EXISTS (SELECT FROM nodes n WHERE n.id = h.node_id))
        """;

    private const string Enter = """
        INSERT INTO budget_holders (node_id, alone, expires_at) SELECT $1, false, clock_timestamp() + $2
        WHERE EXISTS (SELECT FROM nodes WHERE id = $1)
        ON CONFLICT (node_id) DO UPDATE SET alone = false, expires_at = excluded.expires_at
        """;

    // Nothing is granted once stored totals and what is held reach the goal, nor a part that is of no use. Until then the last play may
    // pass it by one impression.
    private const string Take = """
        INSERT INTO budget_leases (campaign_id, node_id, reserved)
        SELECT w.campaign, $1, CASE
            WHEN alone.one OR taken.elsewhere + w.under_way >= w.goal OR w.least > w.goal + 1 - taken.elsewhere THEN w.held
            ELSE greatest(w.held, least(w.wanted, w.goal + 1 - taken.elsewhere)) END
        FROM unnest($2, $3, $4, $5, $6, $7) AS w (campaign, goal, under_way, held, least, wanted)
        JOIN budget_holders h ON h.node_id = $1
        CROSS JOIN (SELECT EXISTS (SELECT FROM budget_holders WHERE alone)) AS alone (one)
        CROSS JOIN LATERAL (SELECT
            coalesce((SELECT t.target_impressions FROM campaign_totals t WHERE t.campaign_id = w.campaign), 0)
            + coalesce((SELECT sum(l.reserved) FROM budget_leases l WHERE l.campaign_id = w.campaign AND l.node_id <> $1), 0)
            ) AS taken (elsewhere)
        ON CONFLICT (campaign_id, node_id) DO UPDATE SET reserved = excluded.reserved
        RETURNING campaign_id, reserved
        """;

    private const string FindHolders = """
        SELECT h.node_id FROM budget_holders h WHERE h.node_id = $1
            OR (h.alone AND NOT EXISTS (SELECT FROM nodes n WHERE n.id = h.node_id AND n.expires_at > clock_timestamp()))
        """;

    /// <summary>Holds everything, if no other node lives. What dead ones held is forgotten: see what they decided instead.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="node">This node.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Whether this node is alone.</returns>
    public static async Task<bool> BeAloneAsync(NpgsqlConnection connection, Guid node, CancellationToken cancellation)
    {
        // One transaction, but each statement sees what was committed while the one before it waited.
        await using var batch = new NpgsqlBatch(connection) { Timeout = Patience };
        batch.Add(Lock);
        batch.Add(Bury, node);
        batch.Add(EnterAlone, node);
        batch.Add(ForgetOthers, node);
        batch.Add($"DELETE FROM budget_leases WHERE {IsAlone}", node);
        batch.Add($"SELECT {IsAlone}", node);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation); // past the lock
        await reader.ReadAsync(cancellation);
        var isAlone = reader.GetBoolean(0);
        await reader.NextResultAsync(cancellation); // past the commit
        return isAlone;
    }

    /// <summary>Renews what a node holds, and takes what it wishes as far as it is left.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="node">This node.</param>
    /// <param name="over">
    /// Stays whose plays under way this one holds by now: its own former ones, and dead ones that were alone.
    /// </param>
    /// <param name="wishes">What it wishes.</param>
    /// <param name="all">Whether these are all that it holds.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>
    /// What it holds of these campaigns; null while it is none of the nodes. And dead nodes that were alone: their plays under way are to
    /// be found first.
    /// </returns>
    public static async Task<(Dictionary<Guid, double>? Held, List<Guid> DeadAlone)> ExchangeAsync(
        NpgsqlConnection connection, Guid node, Guid[] over, IReadOnlyList<SliceWish> wishes, bool all, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = Patience };
        batch.Add(Lock);
        if (over.Length > 0) batch.Add(Bury, node);
        batch.Add(ForgetDead, node, over);
        batch.Add(Enter, node, Term);
        if (all) batch.Add("DELETE FROM budget_leases WHERE node_id = $1", node);
        batch.Add(FindHolders, node);
        if (wishes.Count > 0)
        {
            TValue[] All<TValue>(Func<SliceWish, TValue> value) => [.. wishes.Select(value)];
            batch.Add(
                Take, node, All(w => w.Campaign), All(w => w.Goal), All(w => w.UnderWay), All(w => w.Held), All(w => w.Least),
                All(w => w.Wanted));
        }
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation); // past the lock
        List<Guid> holders = [];
        while (await reader.ReadAsync(cancellation)) holders.Add(reader.GetGuid(0));
        Dictionary<Guid, double> held = [];
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) held[reader.GetGuid(0)] = reader.GetDouble(1);
        await reader.NextResultAsync(cancellation); // past the commit
        return (holders.Remove(node) ? held : null, holders);
    }
}
