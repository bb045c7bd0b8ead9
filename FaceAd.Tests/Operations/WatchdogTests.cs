using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using FaceAd.Bench;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Operations;
using FaceAd.Web.Players;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Operations;

/// <summary>What systemd hears of the programs, on a socket like its own.</summary>
public sealed class WatchdogTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const string Ended = "ended";

    [Fact]
    public Task Web_StartedAsAService_SaysReadyThenAliveAgainAndAgainThenStopping() => HearAsync("FaceAd.Web",
        "--urls", "http://127.0.0.1:0", "--Data:Folder", TestFolders.New("data"), "--Models:Folder", Support.Models.Folder,
        "--Postgres:Folder", Repository.PostgresIn(Support.Models.NodeModules));

    [Fact]
    public Task Player_StartedAsAService_SaysReadyThenAliveAgainAndAgainThenStopping() => HearAsync("FaceAd.Player",
        "--server", "http://127.0.0.1:1", "--data", TestFolders.New("player"), "--port", "0", "--browser", "none");

    [Fact]
    public void RunCycle_ALoopHasNotGoneRoundForLong_TellsTheLogAndNotSystemd()
    {
        var (clock, systemd, said) = (new Later(), new Heard(), new Complaints());
        using var log = new LoggerFactory([said]);
        using var watchdog = new Watchdog(
            app.Services.GetRequiredService<SnapshotReader>(), app.Services.GetRequiredService<ProgrammePublisher>(),
            app.Services.GetRequiredService<SiteOwnership>(), systemd, app.Services.GetRequiredService<IConfiguration>(), clock,
            log.CreateLogger<Watchdog>());
        watchdog.RunCycle();
        clock.Ahead = TimeSpan.FromSeconds(20); // slow, as behind a busy database
        watchdog.RunCycle();
        Assert.Equal((2, 0), (systemd.Times, said.Lines.Count));

        clock.Ahead = TimeSpan.FromSeconds(40);
        watchdog.RunCycle();
        Assert.Equal(2, systemd.Times);
        Assert.Contains("The sending of programmes stands still", Assert.Single(said.Lines));

        clock.Ahead = TimeSpan.Zero; // it has gone on in time
        watchdog.RunCycle();
        Assert.Equal(3, systemd.Times);
    }

    private static async Task HearAsync(string program, params string[] settings)
    {
        var path = Path.Combine(TestFolders.New("notify"), "socket");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. settings])
        {
            WorkingDirectory = TestFolders.New("empty"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["NOTIFY_SOCKET"], start.Environment["WATCHDOG_USEC"]) = (path, "600000");
        start.Environment["FACEAD_TOKEN"] = "a-token";
        using var service = Process.Start(start)!;
        var (output, errors) = (service.StandardOutput.ReadToEndAsync(), service.StandardError.ReadToEndAsync());
        try
        {
            using var patience = new CancellationTokenSource(Wait.Limit);
            var ended = SayWhenEndedAsync();
            string first;
            do first = await NextAsync(); // it is alive while it starts, too
            while (first == "WATCHDOG=1");
            Assert.Equal("READY=1", first);
            for (var i = 0; i < 3; i++) Assert.Equal("WATCHDOG=1", await NextAsync());
            PostgresProgram.Signal(service.Id, 15);
            string last;
            do last = await NextAsync();
            while (last == "WATCHDOG=1");
            Assert.Equal("STOPPING=1", last);
            await ended;

            async Task<string> NextAsync()
            {
                var buffer = new byte[100];
                var heard = Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
                if (heard == Ended) Assert.Fail(await output + await errors);
                return heard;
            }

            // By the same way, so that it is heard after all that the service said.
            async Task SayWhenEndedAsync()
            {
                await service.WaitForExitAsync(patience.Token);
                using var own = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
                own.SendTo(Encoding.UTF8.GetBytes(Ended), new UnixDomainSocketEndPoint(path));
            }
        }
        finally
        {
            if (!service.HasExited) service.Kill(entireProcessTree: true);
        }
        Assert.True(service.ExitCode == 0, await output + await errors);
    }

    private sealed class Heard : ISystemdNotifier
    {
        public bool IsEnabled => true;

        public int Times { get; private set; }

        public void Notify(ServiceState state)
        {
            Assert.Equal("WATCHDOG=1", state.ToString());
            Times++;
        }
    }

    /// <summary>The system's clock, moved ahead.</summary>
    internal sealed class Later : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
    }
}
