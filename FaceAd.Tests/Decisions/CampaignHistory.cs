using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Tests.Decisions;

/// <summary>
/// A random life of campaigns: edits, approvals, deletions, plays, days that pass, and transactions that begin early and end late or never.
/// </summary>
sealed class CampaignHistory(NpgsqlDataSource database, Random random, SetClock clock) : IAsyncDisposable
{
    private readonly List<(NpgsqlConnection Connection, NpgsqlTransaction Transaction, Guid Campaign)> _open = [];
    private readonly List<Guid> _campaigns = [];

    private DateOnly Today => DateOnly.FromDateTime(clock.Now.UtcDateTime);

    /// <summary>Something happens.</summary>
    public async Task StepAsync()
    {
        if (random.Next(12) == 0) clock.Now += TimeSpan.FromHours(random.Next(1, 40));
        if (_open.Count > 0 && random.Next(4) == 0) await EndAsync(random.Next(_open.Count));
        if (_campaigns.Count < 4 || random.Next(6) == 0)
        {
            await AddRunningAsync();
            return;
        }
        Guid[] free = [.. _campaigns.Except(_open.Select(o => o.Campaign))]; // nobody waits for a lock
        if (free.Length == 0) return;
        var campaign = free[random.Next(free.Length)];
        var connection = await database.OpenConnectionAsync();
        if (random.Next(3) > 0 || _open.Count == 4)
        {
            await ChangeAsync(connection, campaign);
            await connection.DisposeAsync();
            return;
        }
        _open.Add((connection, await connection.BeginTransactionAsync(), campaign));
        for (var i = random.Next(1, 3); i > 0; i--) await ChangeAsync(connection, campaign);
    }

    /// <summary>Adds an approved campaign with a creative; it runs from today, sooner or later.</summary>
    public async Task<Guid> AddRunningAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var id = Guid.NewGuid();
        var starts = Today.AddDays(_campaigns.Count == 0 ? 0 : random.Next(-3, 6));
        await connection.ExecuteAsync(
            """
            INSERT INTO campaigns (id, organisation_id, name, state, starts_on, ends_on, targets, site_ids, price_model, budget_krw,
                created_at, version)
            VALUES ($1, $2, 'C', 2, $3, $4, '{1,2}', $5, 0, 1000, now(), 0)
            """,
            [
                id, Guid.Empty, starts, starts.AddDays(random.Next(4)),
                random.Next(2) == 0 ? Array.Empty<Guid>() : new[] { Guid.NewGuid() },
            ],
            default);
        await AddCreativeAsync(connection, id);
        _campaigns.Add(id);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.Count > 0) await EndAsync(0);
    }

    private async Task EndAsync(int which)
    {
        var (connection, transaction, _) = _open[which];
        _open.RemoveAt(which);
        if (random.Next(4) == 0) await transaction.RollbackAsync();
        else await transaction.CommitAsync();
        await connection.DisposeAsync();
    }

    private Task ChangeAsync(NpgsqlConnection connection, Guid campaign) => random.Next(11) switch
    {
        0 => connection.ExecuteAsync("UPDATE campaigns SET state = $2 WHERE id = $1", [campaign, random.Next(5)], default),
        1 => connection.ExecuteAsync("UPDATE campaigns SET state = 2, deleted_at = NULL WHERE id = $1", [campaign], default),
        2 => connection.ExecuteAsync("UPDATE campaigns SET deleted_at = now() WHERE id = $1", [campaign], default),
        3 => connection.ExecuteAsync(
            "UPDATE campaigns SET starts_on = $2, ends_on = $3, budget_krw = budget_krw + 1 WHERE id = $1",
            [campaign, Today.AddDays(random.Next(-3, 4)), Today.AddDays(random.Next(4, 7))], default),
        4 => connection.ExecuteAsync("DELETE FROM campaigns WHERE id = $1", [campaign], default),
        5 => AddCreativeAsync(connection, campaign),
        6 => connection.ExecuteAsync(
            "UPDATE creatives SET state = 2, weight = 5 WHERE id = (SELECT id FROM creatives WHERE campaign_id = $1 AND state = 0 LIMIT 1)",
            [campaign], default),
        7 => connection.ExecuteAsync("UPDATE creatives SET weight = 1 + (weight + 1) % 9 WHERE campaign_id = $1", [campaign], default),
        8 => AddCreativeAsync(connection, null),
        9 => connection.ExecuteAsync(
            """
            INSERT INTO creative_totals (creative_id, plays) SELECT id, 3 FROM creatives WHERE campaign_id = $1
            ON CONFLICT (creative_id) DO UPDATE SET plays = creative_totals.plays + 2
            """,
            [campaign], default),
        _ => connection.ExecuteAsync(
            """
            INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions, last_play_at)
            SELECT id, 1, 1, 1, 1, now() FROM campaigns WHERE id = $1
            ON CONFLICT (campaign_id) DO UPDATE SET impressions = campaign_totals.impressions + 1, last_play_at = now()
            """,
            [campaign], default),
    };

    private static Task AddCreativeAsync(NpgsqlConnection connection, Guid? campaign) => connection.ExecuteAsync(
        """
        INSERT INTO creatives (id, organisation_id, campaign_id, name, sha256, bytes, seconds, width, height, created_at, state)
        SELECT gen_random_uuid(), $2, c.id, 'C', repeat('a', 64), 1, 10, 640, 360, clock_timestamp(), 0
        FROM (SELECT $1::uuid AS id) c WHERE c.id IS NULL OR EXISTS (SELECT FROM campaigns WHERE campaigns.id = c.id)
        """,
        [campaign, Guid.Empty], default);
}
