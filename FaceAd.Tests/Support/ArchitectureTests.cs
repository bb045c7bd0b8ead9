using System.Reflection;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Web.Data;
using NetArchTest.Rules;

namespace FaceAd.Tests.Support;

/// <summary>Data moves one way (docs/architecture.md), and no folder or file grows too large to be taken in at once.</summary>
public sealed class ArchitectureTests
{
    private const int MostFiles = 20;
    private const int MostLines = 300;
    private const int MostColumns = 140; // max_line_length in .editorconfig

    // What is generated, fetched or built; all but the migrations is outside the repository.
    private static readonly string[] NotWritten =
        ["Migrations", "bin", "obj", "lib", "node_modules", "TestResults", ".git", ".cache", ".data", ".idea", ".vs"];

    private static readonly string Root = FaceAd.Bench.Repository.Root;

    private static readonly string[] SourceEndings = [".cs", ".razor", ".js", ".css", ".sh"];

    // In the order in which data moves; Data and Hosting are used by all of them.
    private static readonly string[] Stages =
    [
        "Accounts", "Notifications", "Cluster", "Screens", "Campaigns", "Creatives", "Frames", "Audiences", "Privacy",
        "Decisions", "Players",
        "Plays", "Exposures", "Metrics", "Delivery", "Language", "Reports", "Webhooks", "Samples", "Api", "Components",
        "Operations",
    ];

    public static TheoryData<string> AllStages => [.. Stages];

    [Theory]
    [MemberData(nameof(AllStages))]
    public void Stage_Each_UsesNoLaterStage(string stage)
    {
        var later = Stages[(Array.IndexOf(Stages, stage) + 1)..].Select(Namespace).ToArray();
        if (later.Length == 0) return;
        var result = Types.InAssembly(typeof(DataFolder).Assembly).That().ResideInNamespace(Namespace(stage)).Should()
            .NotHaveDependencyOnAny(later).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", (result.FailingTypes ?? []).Select(t => t.FullName)));
    }

    [Fact]
    public void Stages_All_AreTheFoldersOfTheWebApp() =>
        Assert.Equal(
            Stages.Order(),
            typeof(DataFolder).Assembly.GetTypes().Select(t => t.Namespace?.Split('.')).OfType<string[]>()
                .Where(n => n is ["FaceAd", "Web", ..] && n.Length > 2).Select(n => n[2]).Distinct().Except(["Data", "Hosting"]).Order());

    [Fact]
    public void Core_Assembly_UsesTheFrameworkOnly() => Assert.All(References(typeof(Segment)), name => Assert.StartsWith("System", name));

    [Fact]
    public void Inference_Assembly_KnowsNoServer() =>
        Assert.All(References(typeof(FaceChain)), name => Assert.False(
            name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
            || name is "FaceAd.Web" or "FaceAd.Player", name));

    [Fact]
    public void Folders_All_HoldFewFiles()
    {
        var crowded = WrittenFiles(Root).GroupBy(f => Path.GetDirectoryName(f)!).Where(g => g.Count() > MostFiles)
            .Select(g => $"{Path.GetRelativePath(Root, g.Key)} holds {g.Count()} files, more than {MostFiles}").ToList();
        Assert.True(crowded.Count == 0, string.Join(", ", crowded));
    }

    [Fact]
    public void SourceFiles_All_AreShort()
    {
        var sources = WrittenFiles(Root).Where(f => SourceEndings.Contains(Path.GetExtension(f))).ToList();
        Assert.NotEmpty(sources);
        var tooLong = sources.Select(f => (Path: Path.GetRelativePath(Root, f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MostLines)
            .Select(f => $"{f.Path} has {f.Lines} lines, more than {MostLines}").ToList();
        Assert.True(tooLong.Count == 0, string.Join(", ", tooLong));
    }

    [Fact]
    public void Lines_OfCode_FitTheWidth()
    {
        var wide = WrittenFiles(Root).Where(f => Path.GetExtension(f) == ".cs")
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (File: f, Number: i + 1, line)))
            .Where(l => l.line.Length > MostColumns && !IsText(l.line))
            .Select(l => $"{Path.GetRelativePath(Root, l.File)}:{l.Number} has {l.line.Length} columns").ToList();
        Assert.True(wide.Count == 0, string.Join(", ", wide));

        // A long text stays on one line, where a search finds it.
        static bool IsText(string line) => line.LastIndexOf('"') - line.IndexOf('"') > 80;
    }

    // What people type may have characters that nobody sees: StorableText.IsBlank and Trimmed know them.
    [Fact]
    public void TypedTexts_Blank_AreJudgedInOnePlace()
    {
        string[] ofSettings =
        [
            "AccountsSetup.cs", "ClusterSetup.cs", "DataSetup.cs", "Mailbox.cs", "SiteOwnership.cs", "Telemetry.cs",
        ];
        string[] blind = ["NullOrWhiteSpace", "Trim() is { Length", "Trim() is not { Length", "Trim().Length"];
        var found = WrittenFiles(Path.Combine(Root, "FaceAd.Web")).Where(f => Path.GetExtension(f) is ".cs" or ".razor")
            .Where(f => !ofSettings.Contains(Path.GetFileName(f)))
            .SelectMany(f => File.ReadLines(f).Where(l => blind.Any(l.Contains))
                .Select(l => $"{Path.GetRelativePath(Root, f)}: {l.Trim()}"))
            .Where(f => !f.Contains("File.ReadAllText", StringComparison.Ordinal)).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<string> WrittenFiles(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(f => !NotWritten.Contains(Path.GetFileName(f))).SelectMany(WrittenFiles));

    private static IEnumerable<string> References(Type type) => Assembly.GetAssembly(type)!.GetReferencedAssemblies().Select(a => a.Name!);

    private static string Namespace(string stage) => "FaceAd.Web." + stage;
}
