using System.Text.RegularExpressions;
using FaceAd.Bench;
using FaceAd.Tests.Support;
using FaceAd.Web;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Operations;

namespace FaceAd.Tests.Operations;

public sealed partial class CommandLineTests
{
    private static readonly string Postgres = Repository.PostgresIn(Support.Models.NodeModules);

    public static TheoryData<string> Documented
    {
        get
        {
            var docs = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
            var start = docs.IndexOf("## Configuration of the web app", StringComparison.Ordinal);
            var rows = docs[start..docs.IndexOf("\n## ", start + 1, StringComparison.Ordinal)].Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal));
            var data = new TheoryData<string>();
            foreach (var row in rows)
            {
                // "`Mail:Smtp:Host`, `Port`": the rest is of the same section.
                var names = Code().Matches(row[..row.IndexOf(" | ", StringComparison.Ordinal)]).Select(m => m.Groups[1].Value).ToList();
                var section = names[0][..(names[0].LastIndexOf(':') + 1)];
                foreach (var name in names)
                    data.Add((name.Contains(':', StringComparison.Ordinal) ? name : section + name).Replace('*', 'x'));
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public void Demand_SettingOfTheDocumentation_IsTaken(string key)
    {
        CommandLine.Demand(["--" + key, "value"]);
        CommandLine.Demand([$"--{key.ToUpperInvariant()}=value"]);
    }

    [Theory]
    [InlineData("There is no argument --Data:Foldr", "--Data:Foldr", "elsewhere")]
    [InlineData("There is no argument --data", "--data", "elsewhere")]
    [InlineData("There is no argument --data", "--data=elsewhere")]
    [InlineData("There is no argument --Media:S3:Buckt", "--Media:S3:Buckt=x")]
    [InlineData("There is no argument stray", "--Data:Folder", "here", "stray")]
    [InlineData("There is no argument --check-rollup", "--check-rollup")]
    [InlineData("The argument --Data:Folder has no value", "--Data:Folder")]
    public async Task Start_ArgumentThatIsNone_IsRefusedInOneLineAndMakesNoFolder(string says, params string[] arguments)
    {
        var here = Directory.GetCurrentDirectory();
        var before = Directory.GetFileSystemEntries(here).Length;
        var refused = await Assert.ThrowsAsync<StartException>(() => WebServer.RunAsync(arguments));
        Assert.Contains(says, StartException.LineOf(refused), StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(here).Length);
    }

    // A typo must not make an installation, in which nothing is wrong.
    [Theory]
    [InlineData("There is no installation in", "--check-rollups")]
    [InlineData("There is no installation in", "--rebuild-rollups")]
    [InlineData("There is no installation in", "--backup", "--Backup:Folder", "{0}/backup")]
    [InlineData("There is no installation in", "--sites")]
    [InlineData("There is no installation in", "--hand-over", "Tower")]
    [InlineData("There is no installation in", "--drain", "http://10.0.0.2")]
    [InlineData("has no base backup", "--restore", "latest", "--Backup:Folder", "{0}/backup")]
    public async Task Command_DataFolderIsNone_IsRefusedAndMakesNothing(string says, params string[] command)
    {
        var parent = TestFolders.New("parent");
        string[] settings = ["--Data:Folder", Path.Combine(parent, "typo"), "--Postgres:Folder", Postgres];
        var refused = await Assert.ThrowsAsync<StartException>(
            () => WebServer.RunAsync([.. settings, .. command.Select(c => c.Replace("{0}", parent, StringComparison.Ordinal))]));
        Assert.Contains(says, StartException.LineOf(refused), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(parent));
    }

    [Fact]
    public async Task CheckRollups_DatabaseIsNone_IsRefusedAndMakesNoTable()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public", [], default);
        var refused = await Assert.ThrowsAsync<StartException>(
            () => WebServer.RunAsync(["--check-rollups", "--ConnectionStrings:FaceAd", database.ConnectionString]));
        Assert.Contains("There is no installation in the database", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await connection.QueryAsync(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", [], r => r.GetString(0), default));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
