using FaceAd.Web.Metrics.Rollups;
using Microsoft.AspNetCore.Builder;

namespace FaceAd.Tests.Metrics;

public sealed class RollupCommandTests
{
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
}
