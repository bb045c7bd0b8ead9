using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Network;
using FaceAd.Web.Players;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

public sealed class DeviceWithoutModelsTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Device_PlayerHasNoModels_SaysSoAndSendsNoPicture()
    {
        var (screen, token) = app.Device;
        var folder = TestFolders.New("pictures");
        await File.WriteAllBytesAsync(Path.Combine(folder, "riders.jpg"), await Pictures.CabinAsync((14, 60, 200)));
        await File.WriteAllBytesAsync(Path.Combine(folder, "nobody.jpg"), await Pictures.CabinAsync());
        await using var proxy = new RecordingProxy(app.Address);
        await using var player = PlayerHost.Build(PlayerSettings.Read(
            ["--server", proxy.Address.ToString(), "--data", TestFolders.New("device"), "--port", "0", "--browser", "none", "--camera",
                "folder:" + folder, "--camera-fps", "5"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = token }));
        await player.StartAsync();
        var board = app.Services.GetRequiredService<ScreenBoard>();
        await Wait.UntilAsync(
            () => board.Now().Single(s => s.ScreenId == screen.Id) is { HasModels: false, Analysing: InferenceMode.Device },
            "the board knows");
        var status = player.Services.GetRequiredService<PlayerStatus>();
        await Wait.UntilAsync(() => status.Analysis.Problem == Heartbeat.NoModels, "the player says so");
        await player.StopAsync();
        Assert.All(proxy.Sent(), AllowedMessages.Check);
    }
}
