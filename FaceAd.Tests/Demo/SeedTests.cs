using FaceAd.Core;
using FaceAd.Demo;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Demo;

/// <summary>The sample data, as <c>./run</c> has it written before the web app starts.</summary>
[Collection("videos")]
public sealed class SeedTests : IAsyncLifetime
{
    readonly string _data = TestFolders.New("data");
    readonly string _media = TestFolders.New("media");
    TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await MediaCommand.MakeAsync(DemoVideoTests.Folder, Portraits.Folder, TextWriter.Null, CancellationToken.None);
        Directory.CreateSymbolicLink(Path.Combine(_media, "creatives"), Path.Combine(DemoVideoTests.Folder, "creatives"));
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Seed_EmptyInstallation_MakesAccountsScreensCampaignsAndVideosOnce()
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
            Assert.True((await db.Sites.SingleAsync()).Measures);
            var screens = await db.Screens.OrderBy(s => s.Name).ToListAsync();
            Assert.Equal([InferenceMode.Server, InferenceMode.Device], screens.Select(s => s.Mode));
            foreach (var (screen, index) in screens.Select((screen, index) => (screen, index)))
                Assert.Equal(DeviceToken.Hash((await File.ReadAllTextAsync(Path.Combine(_media, $"screen-{index + 1}.token"))).Trim()),
                    screen.TokenHash);
            Assert.Equal(SegmentProbabilities.Segments.Order(), (await db.Campaigns.ToListAsync()).SelectMany(c => c.Targets).Order());
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
    public async Task Seed_AfterOneThatWasCutShort_SaysHowToStartAnew()
    {
        await using (var db = _database.Contexts.CreateDbContext())
        {
            db.Organisations.Add(
                new Organisation
                {
                    Name = DemonstrationSeed.MediaOwner,
                    Kind = OrganisationKind.MediaOwner,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                });
            await db.SaveChangesAsync();
        }
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(SeedAsync);
        Assert.Contains("--reset", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seed_VideoMissing_NamesIt()
    {
        Directory.Delete(Path.Combine(_media, "creatives"));
        var missing = await Assert.ThrowsAnyAsync<IOException>(SeedAsync);
        Assert.Contains("creatives", missing.Message, StringComparison.Ordinal);
    }

    Task<bool> SeedAsync() =>
        SeedCommand.RunAsync([$"--Data:Folder={_data}", $"--ConnectionStrings:FaceAd={_database.ConnectionString}"], _media);

    async Task<(int Organisations, int Users, int Screens, int Campaigns, int Creatives)> CountAsync()
    {
        await using var db = _database.Contexts.CreateDbContext();
        return (await db.Organisations.CountAsync(), await db.Users.CountAsync(), await db.Screens.CountAsync(),
            await db.Campaigns.CountAsync(), await db.Creatives.CountAsync());
    }
}
