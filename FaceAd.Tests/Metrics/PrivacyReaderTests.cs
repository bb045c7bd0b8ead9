using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Privacy;
using Npgsql;

namespace FaceAd.Tests.Metrics;

/// <summary>What the privacy page tells of a database.</summary>
public sealed class PrivacyReaderTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon);
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private PrivacyReader _reader = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
        _reader = new PrivacyReader(_database.Contexts, _source, PrivacyTerms.Default, _clock);
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Read_EmptyInstallation_SaysThatNothingIsStored()
    {
        var facts = await _reader.ReadAsync();
        Assert.Empty(facts.Sites);
        Assert.All(facts.Facts, f => Assert.Equal((new RowCount(0, false), null, null, null), (f.Rows, f.Oldest, f.Newest, f.KeptUntil)));
    }

    [Fact]
    public async Task Read_PersonsOfTwoEpochs_TellsHowManySinceWhenAndUntilWhen()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (site, _, a, _) = await Sample.AddSiteAsync(db);
        var epoch = Sample.Calendar.EpochOf(Sample.Calendar.DayOf(Sample.Noon));
        foreach (var (number, persons) in new[] { (epoch - 1, 2), (epoch, 3) })
        {
            db.Add(
                new EpochKey
                {
                    SiteId = site.Id,
                    Epoch = number,
                    ProtectedKey = [1],
                    CreatedAt = Sample.Noon.AddDays(28 * (number - epoch)),
                });
            db.AddRange(
                Enumerable.Range(0, persons).Select(_ =>
                    new Person { SiteId = site.Id, Epoch = number, Segment = Segment.Silver, FirstSeenAt = Sample.Noon, Template = [1] }));
        }
        await db.SaveChangesAsync();
        await using var stages = new Facts(_database, _clock);
        await stages.SeeAsync(
            a, Sample.Report(Guid.NewGuid(), 1, Sample.Noon, Sample.Noon.AddSeconds(5), AudienceState.Open,
                Sample.Viewer(Segment.Silver, Sample.Noon, Sample.Noon.AddSeconds(5))));

        var facts = await _reader.ReadAsync();
        var people = Assert.Single(facts.Sites);
        Assert.Equal((1, 1, epoch), (facts.AllSites, facts.Measuring, people.Running.Epoch));
        Assert.Equal([epoch, epoch - 1], people.Stored.Select(e => e.Epoch));
        Assert.Equal([3, 2], people.Stored.Select(e => (int)e.Persons.Rows!));
        Assert.Equal((true, false), (people.Stored[0].Running, people.Stored[0].Overdue));
        Assert.Equal(Sample.Calendar.LastDayOf(epoch).AddDays(3), people.Stored[0].DeleteOn); // its last day, and two whole days
        Assert.Equal(
            (false, Sample.Calendar.DayOf(Sample.Noon) > people.Stored[1].DeleteOn), (people.Stored[1].Running, people.Stored[1].Overdue));
        var presences = Assert.Single(facts.Facts, f => f.Kind == FactKind.Presences);
        var day = DateOnly.FromDateTime(Sample.Noon.UtcDateTime);
        Assert.Equal(
            (new RowCount(1, false), day, day, day.AddDays(90)), (presences.Rows, presences.Oldest, presences.Newest, presences.KeptUntil));
    }

    [Fact]
    public async Task Read_ColumnsThatCouldHoldAPicture_AreTheOnesThatAreKnown() =>
        Assert.Equal(
            ["account_links.hash", "api_tokens.hash", "decision_keys.protected_key", "epoch_keys.protected_key", "keyed_requests.body_hash",
                "mail_attachments.content", "persons.template", "play_seals.payload_hash", "play_seals.previous", "play_seals.signature", "report_links.token_hash",
                "screen_keys.public_key", "screens.token_hash"],
            (await _reader.ReadAsync()).BinaryColumns);

    [Fact]
    public async Task Read_MoreBuildingsThanAPage_ComePageByPage()
    {
        await using var db = _database.Contexts.CreateDbContext();
        for (var i = 0; i < PrivacyReader.PageSize + 3; i++) await Sample.AddSiteAsync(db);
        var first = await _reader.ReadAsync();
        var second = await _reader.ReadAsync(first.Next);
        Assert.Equal((PrivacyReader.PageSize, 3, null), (first.Sites.Count, second.Sites.Count, second.Next));
        Assert.Empty(first.Sites.Select(s => s.Site.Id).Intersect(second.Sites.Select(s => s.Site.Id)));
    }
}
