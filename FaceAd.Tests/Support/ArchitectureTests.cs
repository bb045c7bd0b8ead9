using System.Reflection;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Web.Data;
using NetArchTest.Rules;

namespace FaceAd.Tests.Support;

/// <summary>Data moves one way: docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    // In the order in which data moves; the Data folder is nobody's stage.
    private static readonly string[] Stages =
    [
        "Accounts", "Notifications", "Cluster", "Screens", "Campaigns", "Creatives", "Frames", "Audiences", "Privacy", "Decisions", "Players",
        "Plays", "Exposures", "Metrics", "Delivery", "Language", "Reports", "Webhooks", "Api", "Components",
    ];

    public static TheoryData<string> AllStages => [.. Stages];

    [Theory]
    [MemberData(nameof(AllStages))]
    public void Stage_Each_UsesNoLaterStage(string stage)
    {
        var later = Stages[(Array.IndexOf(Stages, stage) + 1)..].Select(Namespace).ToArray();
        if (later.Length == 0) return;
        var result = Types.InAssembly(typeof(DataFolder).Assembly).That().ResideInNamespace(Namespace(stage)).Should().NotHaveDependencyOnAny(later).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", (result.FailingTypes ?? []).Select(t => t.FullName)));
    }

    [Fact]
    public void Stages_All_AreTheFoldersOfTheWebApp() =>
        Assert.Equal(
            Stages.Order(),
            typeof(DataFolder).Assembly.GetTypes().Select(t => t.Namespace?.Split('.')).OfType<string[]>()
                .Where(n => n is ["FaceAd", "Web", ..] && n.Length > 2).Select(n => n[2]).Distinct().Except(["Data"]).Order());

    [Fact]
    public void Core_Assembly_UsesTheFrameworkOnly() => Assert.All(References(typeof(Segment)), name => Assert.StartsWith("System", name));

    [Fact]
    public void Inference_Assembly_KnowsNoServer() =>
        Assert.All(References(typeof(FaceChain)), name => Assert.False(
            name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
            || name is "FaceAd.Web" or "FaceAd.Player", name));

    private static IEnumerable<string> References(Type type) => Assembly.GetAssembly(type)!.GetReferencedAssemblies().Select(a => a.Name!);

    private static string Namespace(string stage) => "FaceAd.Web." + stage;
}
