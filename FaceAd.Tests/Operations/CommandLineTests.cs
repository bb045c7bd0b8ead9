using System.Text.RegularExpressions;
using FaceAd.Bench;
using FaceAd.Web;
using FaceAd.Web.Hosting;
using FaceAd.Web.Operations;

namespace FaceAd.Tests.Operations;

public sealed partial class CommandLineTests
{
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

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
