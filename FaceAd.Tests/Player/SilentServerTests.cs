using FaceAd.Player;
using FaceAd.Player.Outbox;
using FaceAd.Player.Server;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player;

/// <summary>
/// A server that hangs: it accepts connections, answers them in part or not at all, and never closes them. When it is well again, the
/// player is back in time, whatever it waited for.
/// </summary>
public sealed class SilentServerTests
{
    static readonly TimeSpan BackWithin = ServerLink.StartLimit + ServerLink.LongestWait;

    [Fact]
    public Task Connection_ServerFallsSilentAndRecovers_IsBackWithinTwentySeconds() => Task.WhenAll(
        FallSilentAsync("before the negotiation is answered", _ => Answered.Nothing),
        FallSilentAsync("in the middle of the negotiation's answer", _ => Answered.HeadAndAByte),
        FallSilentAsync("before the WebSocket is opened", head => IsNegotiation(head) ? Answered.Everything : Answered.Nothing),
        FallSilentAsync("before the hub's handshake", head => IsNegotiation(head) ? Answered.Everything : Answered.Head));

    [Fact]
    public async Task Plays_ServerFallsSilentInTheMiddleOfItsAnswer_AreDeliveredOnceWhenItRecovers()
    {
        await using var server = await ScreenServer.StartAsync();
        await using var proxy = new SilentProxy(server.Address);
        proxy.FallSilent(_ => Answered.HeadAndAByte);
        var outbox = new PlayOutbox(TestFolders.New("outbox"), OutboxTests.Signer(), NullLogger.Instance);
        await using var services = OutboxTests.Clients(proxy.Address);
        using var worker = new OutboxWorker(
            outbox, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<OutboxWorker>.Instance);
        for (var i = 0; i < 3; i++) outbox.Add(OutboxTests.Report(i));
        await worker.StartAsync(default);
        await Wait.UntilAsync(() => proxy.Silent > 0, "the server falls silent");
        Assert.Equal(3, server.Plays.Reader.Count); // the server has them, but the player cannot know
        proxy.Recover();

        await Wait.UntilAsync(() => outbox.Pending == 0, "every play is delivered", TimeSpan.FromSeconds(40));
        await worker.StopAsync(default);
        Assert.Equal(3, server.Plays.Reader.Count);
    }

    static bool IsNegotiation(string head) => head.Contains("/negotiate", StringComparison.Ordinal);

    static async Task FallSilentAsync(string when, Func<string, Answered> answered)
    {
        await using var server = await ScreenServer.StartAsync();
        await using var proxy = new SilentProxy(server.Address);
        await using var player = PlayerHost.Build(PlayerSettings.Read(
            ["--server", proxy.Address.ToString(), "--data", TestFolders.New("player"), "--port", "0", "--browser", "none"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = ScreenServer.Token }));
        await player.StartAsync();
        await Wait.NextAsync(server.Beats.Reader);

        proxy.FallSilent(answered);
        await Wait.UntilAsync(() => proxy.Silent > 0, $"the server falls silent {when}");
        while (server.Beats.Reader.TryRead(out _))
        {
        }
        proxy.Recover();
        var recovered = TimeProvider.System.GetTimestamp();
        await Wait.NextAsync(server.Beats.Reader, $"a server that was silent {when}");
        var seconds = TimeProvider.System.GetElapsedTime(recovered).TotalSeconds;
        Assert.True(seconds < BackWithin.TotalSeconds, $"Silent {when}: back after {seconds:0.0} s.");
        await player.StopAsync();
    }
}
