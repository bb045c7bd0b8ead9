using FaceAd.Bench;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Rollups;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Metrics;

public sealed class RollupCommandTests
{
    private static readonly string Postgres = Repository.PostgresIn(Support.Models.NodeModules);

    // The command line of docs/operations.md: the folder must not be taken for the command's value, or another installation is made.
    [Theory]
    [InlineData("--check-rollups", "--Data:Folder", "/data")]
    [InlineData("--Data:Folder", "/data", "--rebuild-rollups")]
    [InlineData("--rebuild-rollups", "--Data:Folder=/data", "--Urls", "http://127.0.0.1:0")]
    public void SettingsOf_CommandBesideSettings_KeepsEverySetting(params string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(RollupCommand.SettingsOf(args));
        Assert.Equal("/data", builder.Configuration["Data:Folder"]);
    }

    [Fact]
    public async Task Program_ARowIsWrong_IsFoundByEachSpellingAndRepairedBesideTheServerAndWithoutIt()
    {
        var data = new DataFolder(TestFolders.New("data"));
        await using (var postgres = await EmbeddedPostgres.StartAsync(data.Postgres, Postgres))
        await using (var database = TestDatabase.Of(postgres))
        {
            await PlayAsync(database);
            await using var connection = await database.Source.OpenConnectionAsync();
            await connection.ExecuteAsync("UPDATE campaign_totals SET impressions = impressions + 1", [], default);
            string[][] spellings =
            [
                ["--check-rollups", "--Data:Folder", data.Root], ["--Data:Folder", data.Root, "--check-rollups"],
                ["--urls", "http://127.0.0.1:0", "--check-rollups", $"--Data:Folder={data.Root}"],
            ];
            foreach (var spelling in spellings)
            {
                var (code, output) = await RunAsync(spelling);
                Assert.Equal(1, code);
                Assert.Contains("campaign_totals: ", output, StringComparison.Ordinal);
                Assert.Contains("1 differences.", output, StringComparison.Ordinal);
            }
            Assert.Equal((0, "1 rows were repaired.\n"), await RunAsync("--Data:Folder", data.Root, "--rebuild-rollups"));
            Assert.Equal((0, "0 differences.\n"), await RunAsync(spellings[0]));
            await connection.ExecuteAsync("DELETE FROM campaign_totals", [], default);
        }
        string[] alone = ["--Data:Folder", data.Root, "--Postgres:Folder", Postgres];
        Assert.Equal(1, (await RunAsync(["--check-rollups", .. alone])).Code);
        Assert.Equal(0, (await RunAsync(["--rebuild-rollups", .. alone])).Code);
        Assert.Equal((0, "0 differences.\n"), await RunAsync([.. alone, "--check-rollups"]));
    }

    // From a folder that is no installation's: nothing may come to lie there.
    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var here = TestFolders.New("empty");
        var (code, output, errors) = await Programs.RunAsync(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "FaceAd.Web.dll"), .. arguments], here);
        Assert.Equal("", errors);
        Assert.Empty(Directory.GetFileSystemEntries(here));
        return (code, output);
    }

    private static async Task PlayAsync(TestDatabase database)
    {
        await using var db = database.Contexts.CreateDbContext();
        await db.Database.MigrateAsync();
        await using var facts = new Facts(database, new SetClock(Sample.Noon.AddDays(1)));
        var (_, advertiser, screen, _) = await Sample.AddSiteAsync(db);
        var (_, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        var (from, end) = (Sample.Noon, Sample.Noon.AddSeconds(10));
        await facts.SeeAsync(screen, Sample.Report(
            Guid.NewGuid(), 1, from, end, AudienceState.Closed, Sample.Viewer(Segment.Men2030, from, end)));
        await facts.PlayAsync(screen, new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = creative.Id,
            StartedAt = from,
            EndedAt = end,
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 240,
        });
        await facts.UpdateExposuresAsync();
    }
}
