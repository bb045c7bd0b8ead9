using System.Device.Gpio;
using System.Globalization;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Sensors;
using FaceAd.Player.Server;
using FaceAd.Tests.Player.Sensors;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Player;

/// <summary>A whole player without a page, against a real hub.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync")]
public sealed class ServerLinkTests : IAsyncLifetime
{

    readonly string _folder = Directory.CreateTempSubdirectory("facead-link-").FullName;
    readonly Lines _log = new();
    ScreenServer _server = null!;
    WebApplication? _player;

    public async Task InitializeAsync() => _server = await ScreenServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_player is not null)
        {
            await _player.StopAsync();
            await _player.DisposeAsync();
        }
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Connection_ServerGoesAndComesBack_BeatsAgainAndTakesCommands()
    {
        var port = _server.Address.Port;
        await StartPlayerAsync("none");
        var beat = await Wait.NextAsync(_server.Beats.Reader);
        Assert.Equal((CameraState.None, false, 0), (beat.Camera, beat.PageRendering, beat.OutboxPending));
        Assert.NotNull(beat.Problem);
        await CommandAsync(900);

        // Its database was restored from a backup: it counts lower now.
        await _server.DisposeAsync();
        _server = await ScreenServer.StartAsync(port);
        await Wait.NextAsync(_server.Beats.Reader);
        await CommandAsync(3);
        await CommandAsync(4);

        async Task CommandAsync(long sequence)
        {
            await _server.Screens.Clients.All.Play(new PlayCommand(sequence, Guid.NewGuid(), null, false, TimeProvider.System.GetUtcNow()));
            Assert.Equal(sequence, await Wait.NextAsync(_server.Acknowledged.Reader));
        }
    }

    [Fact]
    public async Task Connection_ServerAcceptsAndDrops_IsTriedMoreAndMoreRarely()
    {
        _server.Drops = true;
        await StartPlayerAsync("none");
        List<double> waits = [];
        while (waits.Count < 4)
        {
            var line = await _log.FindAsync("Next try in");
            waits.Add(double.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture));
        }
        Assert.True(waits[3] >= 2, $"The waits were {string.Join(", ", waits)} s."); // half of 0.5, 1, 2 and 4 s at least
    }

    [Fact]
    public async Task Connection_SiteChangesItsNode_IsTriedAgainWhenTheServerSays()
    {
        (_server.HubStatus, _server.RetryAfter) = (503, 3);
        await StartPlayerAsync("none");
        var line = await _log.FindAsync("Next try in");
        Assert.InRange(double.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture), 3, 4.5); // by itself 0.25 to 0.5 s
    }

    [Fact]
    public async Task Connection_AnotherPlayerWithItsTokenIsRefused_SaysSoInTheLog()
    {
        _server.OtherRefused = true;
        await StartPlayerAsync("none");
        await _log.FindAsync("Another player was refused");
    }

    [Fact]
    public async Task Connection_TokenIsRefused_SaysSoInTheLog()
    {
        _server.AcceptedToken = "another";
        await StartPlayerAsync("none");
        Assert.Contains("(401)", await _log.FindAsync("does not accept this screen's token"));
    }

    [Fact]
    public async Task Connection_ServerClosesItForGood_ConnectsAgain()
    {
        await StartPlayerAsync("none");
        await Wait.NextAsync(_server.Beats.Reader);
        _server.CutOff();
        await _log.FindAsync("Next try in"); // with a reason when the heartbeat was still being answered
        await Wait.NextAsync(_server.Beats.Reader);
        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task Connection_TokenIsRefusedAfterTheServerWasAway_SaysSoInTheLog()
    {
        var port = _server.Address.Port;
        await StartPlayerAsync("none");
        await Wait.NextAsync(_server.Beats.Reader);
        await _server.DisposeAsync();
        _server = await ScreenServer.StartAsync(port, "another");
        Assert.Contains("(401)", await _log.FindAsync("does not accept this screen's token"));
    }

    [Fact]
    public async Task Connection_LostWhileTheServerAnalyses_SamplesAsIfAnAudienceWereOpen()
    {
        _server.Programme = ScreenServer.ProgrammeOf([], [], measurement: true);
        await StartPlayerAsync("none");
        await _log.FindAsync("measurement on");
        var status = _player!.Services.GetRequiredService<PlayerStatus>();
        Assert.False(status.AudienceOpen);
        await _server.DisposeAsync();
        await _log.FindAsync("Next try in");
        Assert.Equal((true, false), (status.AudienceOpen, status.AudienceSeen));
    }

    [Fact]
    public async Task Wait_FailuresWithoutEnd_IsNeverLongAndNeverInStep()
    {
        await StartPlayerAsync("none");
        var link = _player!.Services.GetRequiredService<ServerLink>();
        var waits = Enumerable.Range(0, 200).Select(_ => link.Wait(new IOException("gone")).TotalSeconds).ToArray();
        Assert.All(waits, wait => Assert.InRange(wait, 0.25, 10));
        Assert.All(waits[10..], wait => Assert.True(wait >= 5));
        Assert.True(waits[10..].Distinct().Count() > 100);
    }

    [Fact]
    public async Task Beat_SensorsAndHeat_AreSaid()
    {
        await StartPlayerAsync("none", ["--sensor", "motion:17"], services => services
            .AddSingleton(new SensorWires(() => new GpioController(new FakeGpio()), _ => throw new InvalidOperationException()))
            .AddSingleton(new CpuHeat(() => 1000)));
        var beat = await Wait.ForAsync(_server.Beats.Reader, b =>
            b.Sensors is [{ State: SensorState.Empty }], "a heartbeat tells of an empty cabin");
        Assert.Equal((SensorKind.Motion, Heartbeat.MostCelsius), (beat.Sensors![0].Kind, beat.CpuCelsius));
    }

    [Fact]
    public async Task Beat_NoChip_ThePlayerGoesOnAndSaysThatTheSensorIsUnknown()
    {
        await StartPlayerAsync("none", ["--sensor", "distance:23,24"], services => services
            .AddSingleton(
                new SensorWires(() => throw new PlatformNotSupportedException("no chip here"), _ => throw new InvalidOperationException()))
            .AddSingleton(new CpuHeat(() => null)));
        Assert.Contains("GPIO 23 and 24", await _log.FindAsync("no chip here"));
        var beat = await Wait.NextAsync(_server.Beats.Reader);
        Assert.Equal((SensorState.Unknown, null), (beat.Sensors![0].State, beat.CpuCelsius));
        await _server.Screens.Clients.All.Play(new PlayCommand(3, Guid.NewGuid(), null, false, TimeProvider.System.GetUtcNow()));
        Assert.Equal(3, await Wait.NextAsync(_server.Acknowledged.Reader));
    }

    [Fact]
    public async Task Camera_MeasurementOn_SendsFramesOfWhatMovesAndClosesWhenItIsOff()
    {
        var frames = Directory.CreateDirectory(Path.Combine(_folder, "frames")).FullName;
        await TestClips.PicturesAsync(frames, "a", "color=c=0x707880:s=320x180", 6);
        await TestClips.PicturesAsync(frames, "b", "testsrc2=s=320x180:r=5", 6);
        _server.Programme = ScreenServer.ProgrammeOf([], [], measurement: true);
        // The folder camera's pictures, but through the path of a real camera: a process that writes MJPEG.
        await StartPlayerAsync($"command:ffmpeg -nostdin -loglevel error -re -framerate 10 -stream_loop -1 -pattern_type glob -i '{frames}/*.jpg' -c copy -f mjpeg -");
        var (jpeg, capturedAt) = await Wait.NextAsync(_server.Frames.Reader);
        Assert.Equal([0xFF, 0xD8], jpeg[..2]);
        Assert.InRange((TimeProvider.System.GetUtcNow() - capturedAt).TotalSeconds, 0, 20);

        await _server.Screens.Clients.All.Programme(_server.Programme with { Measurement = false });
        await _log.FindAsync("The camera is closed");
    }

    [Fact]
    public async Task Camera_ProcessDies_HeartbeatSaysFailedAndWhy()
    {
        _server.Programme = ScreenServer.ProgrammeOf([], [], measurement: true);
        await StartPlayerAsync("command:sh -c 'echo no such device >&2; exit 3'");
        await Wait.ForAsync(_server.Beats.Reader, b => b.Camera == CameraState.Failed, "a heartbeat tells of the failure");
        Assert.Contains("no such device", _player!.Services.GetRequiredService<PlayerStatus>().Camera.Problem);
    }

    async Task StartPlayerAsync(string camera, string[]? more = null, Action<IServiceCollection>? services = null)
    {
        _player = PlayerHost.Build(
            PlayerSettings.Read(
                ["--server", _server.Address.ToString(), "--data", _folder, "--port", "0", "--browser", "none", "--camera", camera,
                    .. more ?? []],
                new Dictionary<string, string?> { ["FACEAD_TOKEN"] = ScreenServer.Token }),
            logging => logging.AddProvider(_log), services: services);
        await _player.StartAsync();
    }

    /// <summary>A log that can be waited on.</summary>
    sealed class Lines : ILoggerProvider, ILogger
    {
        readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public Task<string> FindAsync(string part) =>
            Wait.ForAsync(_lines.Reader, line => line.Contains(part, StringComparison.Ordinal), $"the log says '{part}'");

        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite(formatter(state, exception));
        public void Dispose() { }
    }
}
