using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Bench.Screens;

/// <summary>Campaigns by the thousand that run now, one at each of as many sites.</summary>
static class BookedCampaigns
{
    private const string Name = "Booked";

    private const string AddCampaigns = """
        INSERT INTO campaigns (id, organisation_id, name, state, starts_on, ends_on, targets, site_ids, price_model, budget_krw,
            created_at, version)
        SELECT gen_random_uuid(), (SELECT id FROM organisations WHERE kind = $5 LIMIT 1), $1, $2, current_date - 9, current_date + 9,
            ARRAY[1 + (n % 6)::int], ARRAY[id], $3, 100000, now(), 0
        FROM (SELECT id, row_number() OVER () AS n FROM sites ORDER BY id LIMIT $4) AS s
        """;

    private const string AddCreatives = """
        INSERT INTO creatives (id, organisation_id, campaign_id, name, sha256, bytes, seconds, width, height, created_at, state)
        SELECT gen_random_uuid(), organisation_id, id, name, lpad(md5(id::text), 64, '0'), 1, 15, 640, 360, created_at, 0
        FROM campaigns WHERE name = $1
        """;

    /// <summary>Adds them.</summary>
    /// <param name="database">The database.</param>
    /// <param name="count">How many; at most as many as there are sites.</param>
    /// <param name="cancellation">Cancels the work.</param>
    public static async Task AddAsync(NpgsqlDataSource database, int count, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            AddCampaigns, [Name, (int)CampaignState.Approved, (int)PriceModel.Flat, count, (int)OrganisationKind.Advertiser], cancellation);
        await connection.ExecuteAsync(AddCreatives, [Name], cancellation);
    }

    /// <summary>Removes them.</summary>
    public static async Task RemoveAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync("DELETE FROM creatives WHERE name = $1", [Name], cancellation);
        await connection.ExecuteAsync("DELETE FROM campaigns WHERE name = $1", [Name], cancellation);
    }
}
