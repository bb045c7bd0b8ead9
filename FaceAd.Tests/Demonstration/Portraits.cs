using FaceAd.Bench.Demonstration;

namespace FaceAd.Tests.Demonstration;

/// <summary>The portraits of the demonstration's cast, among the restored npm packages.</summary>
static class Portraits
{
    public static string Folder => DemoMediaCommand.PortraitFolder(Support.Models.NodeModules);
}
