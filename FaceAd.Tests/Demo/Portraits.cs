using FaceAd.Demo;

namespace FaceAd.Tests.Demo;

/// <summary>The portraits of the demonstration's cast, among the restored npm packages.</summary>
static class Portraits
{
    public static string Folder => MediaCommand.PortraitFolder(Support.Models.NodeModules);
}
