using FaceAd.Core;
using FaceAd.Demo;
using FaceAd.Demo.History;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Demo;

/// <summary>The sample data, as <c>./run</c> has it written before the web app starts.</summary>
[Collection("videos")]
public sealed class SeedTests : IAsyncLifetime
{
    readonly string _data = TestFolders.New("data");
    readonly string _media = TestFolders.New("media");
    readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await MediaCommand.MakeAsync(DemoVideoTests.Folder, Portraits.Folder, TextWriter.Null, CancellationToken.None);
        Directory.CreateSymbolicLink(Path.Combine(_media, "creatives"), Path.Combine(DemoVideoTests.Folder, "creatives"));
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Seed_EmptyInstallation_MakesAccountsScreensAndVideosOnce()
    {
        Assert.True(await SeedAsync());

        var accounts = await File.ReadAllTextAsync(Path.Combine(_media, "accounts.txt"));
        Assert.Equal(
            ["admin@facead.example", "byeolsolfoods@facead.example", "neoul@facead.example", "ongyeolcare@facead.example"],
            accounts.Trim().Split('\n').Select(line => line.Split(' ')[1]).Order());
        Assert.StartsWith($"{Roles.Admin} {DemonstrationSeed.AdminEmail} ", accounts, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_media, "screen-1.token")));
        await using (var db = _database.Contexts.CreateDbContext())
        {
            Assert.Equal(
                DemonstrationSeed.MediaOwner, (await db.Organisations.SingleAsync(o => o.Kind == OrganisationKind.MediaOwner)).Name);
            Assert.True(await db.Sites.AllAsync(s => s.Measurement && s.ConsentAt != null));
            List<InferenceMode> modes = [];
            for (var number = 1; number <= 2; number++)
            {
                var token = (await File.ReadAllTextAsync(Path.Combine(_media, $"screen-{number}.token"))).Trim();
                var hash = DeviceToken.Hash(token);
                modes.Add((await db.Screens.SingleAsync(s => s.TokenHash == hash)).Mode);
                Assert.True(File.Exists(Path.Combine(_data, $"player-{number}", "play-key.json")));
            }
            Assert.Equal([InferenceMode.Server, InferenceMode.Device], modes);
            var today = SiteCalendar.Default.DayOf(_now);
            var running = await db.Campaigns.Where(c => c.State == CampaignState.Approved && c.StartsOn <= today && c.EndsOn > today
                && c.SiteIds.Length == 0).ToListAsync();
            Assert.Equal(SegmentProbabilities.Segments.Order(), running.SelectMany(c => c.Targets).Order());
            Assert.Equal(2, await db.Creatives.CountAsync(c => c.CampaignId == null));
            foreach (var creative in await db.Creatives.ToListAsync())
                Assert.NotEmpty(Directory.GetFiles(Path.Combine(_data, "media"), $"{creative.Sha256}.mp4", SearchOption.AllDirectories));
        }

        var before = await CountAsync();
        Assert.False(await SeedAsync());
        Assert.Equal(before, await CountAsync());
        Assert.Equal(accounts, await File.ReadAllTextAsync(Path.Combine(_media, "accounts.txt")));
    }

    [Fact]
    public async Task Seed_InstallationOfSomebodyElse_IsLeftAlone()
    {
        await using (var db = _database.Contexts.CreateDbContext())
        {
            db.Organisations.Add(
                new Organisation { Name = "Somebody", Kind = OrganisationKind.MediaOwner, CreatedAt = TimeProvider.System.GetUtcNow() });
            await db.SaveChangesAsync();
        }
        Assert.False(await SeedAsync());
        Assert.Equal(1, (await CountAsync()).Organisations);
    }

    [Fact]
    public async Task Seed_VideoMissing_NamesIt()
    {
        Directory.Delete(Path.Combine(_media, "creatives"));
        var missing = await Assert.ThrowsAnyAsync<IOException>(SeedAsync);
        Assert.Contains("creatives", missing.Message, StringComparison.Ordinal);
    }

    // Without traffic: SampleDataTests look at that.
    Task<bool> SeedAsync() =>
        SeedCommand.RunAsync([$"--Data:Folder={_data}", $"--ConnectionStrings:FaceAd={_database.ConnectionString}"], _media,
            new HistoryOptions(_now, 0), TextWriter.Null);

    async Task<(int Organisations, int Users, int Screens, int Campaigns, int Creatives)> CountAsync()
    {
        await using var db = _database.Contexts.CreateDbContext();
        return (await db.Organisations.CountAsync(), await db.Users.CountAsync(), await db.Screens.CountAsync(),
            await db.Campaigns.CountAsync(), await db.Creatives.CountAsync());
    }
}
