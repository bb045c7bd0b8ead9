using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Npgsql;

namespace FaceAd.Tests.Cluster;

/// <summary>What the database tells all nodes of by itself: what changed, of whom, and nothing else.</summary>
public sealed class NewsTriggersTests : IAsyncLifetime
{
    private const string End = "the end";
    private TestDatabase _database = null!;
    private Guid _campaign;
    private Guid _advertiser;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        (_advertiser, _campaign) = (advertiser.Id, campaign.Id);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Statement_ThatChangesNoRow_TellsNobody()
    {
        var told = await ToldAsync(async (_, connection) =>
        {
            await connection.ExecuteAsync("UPDATE campaigns SET name = name WHERE false", [], default);
            await connection.ExecuteAsync("INSERT INTO notifications SELECT * FROM notifications WHERE false", [], default);
            await connection.ExecuteAsync("DELETE FROM creatives WHERE false", [], default);
        });
        Assert.Empty(told);
    }

    [Fact]
    public async Task Change_OfACampaignOrOfWhatIsAboutIt_TellsOfThatCampaign()
    {
        var told = await ToldAsync(async (db, connection) =>
        {
            await connection.ExecuteAsync("UPDATE campaigns SET name = 'Other' WHERE id = $1", [_campaign], default);
            await connection.ExecuteAsync("UPDATE creatives SET name = 'Other' WHERE campaign_id = $1", [_campaign], default);
            db.Add(new CampaignComment { CampaignId = _campaign, Author = "Kim", ByOwner = true, Text = "A word", At = Sample.Noon });
            await db.SaveChangesAsync();
        });
        Assert.Equal(3, told.Count);
        Assert.All(told, heard =>
        {
            Assert.True(heard is { Bookings: true, Screens: false, Everything: false });
            Assert.True(heard.IsOfBooking(_campaign));
            Assert.False(heard.IsOfBooking(Guid.NewGuid()));
            Assert.False(heard.IsOfInbox(Guid.NewGuid()));
        });
    }

    [Fact]
    public async Task Change_OfMoreThanFitOrOfTheHouseLoop_TellsOfAny()
    {
        var told = await ToldAsync(async (_, connection) =>
        {
            await connection.ExecuteAsync("""
                INSERT INTO campaigns SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*
                FROM campaigns c, generate_series(1, 101)
                """, [], default);
            await connection.ExecuteAsync("UPDATE creatives SET campaign_id = NULL WHERE campaign_id = $1", [_campaign], default);
        });
        Assert.Equal(2, told.Count);
        Assert.All(told, heard => Assert.True(heard.IsOfBooking(Guid.NewGuid())));
    }

    [Fact]
    public async Task Notification_NewOrRead_TellsItsUserOnly()
    {
        var user = new User { DisplayName = "Kim", OrganisationId = _advertiser };
        await using (var db = _database.Contexts.CreateDbContext())
        {
            db.Add(user);
            await db.SaveChangesAsync();
        }
        var told = await ToldAsync(async (db, connection) =>
        {
            db.Add(new Notification { UserId = user.Id, Kind = NotificationKind.Commented, Subject = "A word", CreatedAt = Sample.Noon });
            await db.SaveChangesAsync();
            await connection.ExecuteAsync("UPDATE notifications SET read_at = now()", [], default);
        });
        Assert.Equal(2, told.Count);
        Assert.All(told, heard =>
        {
            Assert.True(heard.IsOfInbox(user.Id));
            Assert.False(heard.IsOfInbox(Guid.NewGuid()));
            Assert.False(heard.Bookings);
        });
    }

    private async Task<IReadOnlyList<NewsHeard>> ToldAsync(Func<FaceAdDbContext, NpgsqlConnection, Task> change)
    {
        await using var source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
        await using var ears = await source.OpenConnectionAsync();
        List<string> told = [];
        ears.Notification += (_, e) => told.Add(e.Payload);
        await ears.ExecuteAsync("LISTEN " + NewsNotifier.Channel, [], default);
        await using (var db = _database.Contexts.CreateDbContext())
        await using (var connection = await source.OpenConnectionAsync())
        {
            await change(db, connection);
            await connection.ExecuteAsync("SELECT pg_notify($1, $2)", [NewsNotifier.Channel, End], default);
        }
        while (!told.Contains(End))
        {
            if (!await ears.WaitAsync(Wait.Limit)) throw new TimeoutException("Nothing was told.");
        }
        return [.. told.Where(payload => payload != End).Select(NewsPayload.Read)];
    }
}
