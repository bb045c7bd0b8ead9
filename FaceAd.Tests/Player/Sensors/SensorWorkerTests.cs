using System.Device.Gpio;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Clock;
using FaceAd.Player.Sensors;
using FaceAd.Tests.Support;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Player.Sensors;

public sealed class SensorWorkerTests : IAsyncLifetime
{
    readonly ServerClock _clock = new(TimeProvider.System, "boot");
    readonly Lines _log = new();
    CabinOccupancy _cabin = null!;
    SensorWorker? _worker;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_worker is null) return;
        await _worker.StopAsync(default);
        _worker.Dispose();
    }

    [Fact]
    public async Task Motion_Answers_ReachesTheCabinAtOnce()
    {
        var gpio = new FakeGpio();
        await StartAsync(() => new GpioController(gpio), new SensorSetting(SensorKind.Motion, [17]));
        Assert.Equal("The motion sensor on GPIO 17 answers.", await _log.NextAsync());
        Assert.True(_cabin.Look(Now, false).Rests);
        gpio.Set(17, true);
        Assert.True(_cabin.Look(Now, false).Wakes);
    }

    [Fact]
    public async Task Distance_Answers_ReachesTheHeartbeat()
    {
        var gpio = new FakeGpio { Sonar = (23, 24), Metres = 0.5 };
        await StartAsync(() => new GpioController(gpio), new SensorSetting(SensorKind.Distance, [23, 24]));
        Assert.Equal("The distance sensor on GPIO 23 and 24 answers.", await _log.NextAsync());
        Assert.Equal((SensorKind.Distance, SensorState.Present), _cabin.Report(Now) is [var report]
            ? (report.Kind, report.State) : default);
    }

    [Theory]
    [InlineData(typeof(PlatformNotSupportedException))]
    [InlineData(typeof(DllNotFoundException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task Open_NoChip_IsOneLineHoweverOftenItIsTried(Type kind)
    {
        var tries = Channel.CreateUnbounded<bool>();
        await StartAsync(
            () =>
            {
                tries.Writer.TryWrite(true);
                throw new InvalidOperationException(
                    "Cannot open", (Exception)Activator.CreateInstance(kind, "no chip here\nLooked in:\n/a")!);
            },
            new SensorSetting(SensorKind.Motion, [17]));
        for (var i = 0; i < 3; i++) await Wait.NextAsync(tries.Reader);
        Assert.Equal("The motion sensor on GPIO 17 cannot be used; the player goes on without it: Cannot open: no chip here.",
            await _log.NextAsync());
        Assert.False(_log.Any);
        Assert.Equal(default, _cabin.Look(Now, false));
    }

    [Fact]
    public async Task Read_BreaksAndHeals_IsUnknownMeanwhileAndOpenedAgain()
    {
        var gpio = new FakeGpio();
        await StartAsync(() => new GpioController(gpio), new SensorSetting(SensorKind.Motion, [17]));
        await _log.NextAsync();
        gpio.Broken = new IOException("the wire is cut");
        Assert.Contains("the wire is cut", await _log.NextAsync());
        Assert.False(_cabin.IsKnown(0, Now));
        Assert.True(gpio.IsDisposed);
        gpio.Broken = null;
        Assert.EndsWith("answers.", await _log.NextAsync());
        Assert.True(_cabin.IsKnown(0, Now));
    }

    [Fact]
    public async Task Read_Hangs_IsUnknownAndAnotherSensorGoesOn()
    {
        var (hanging, sound) = (new FakeGpio(), new FakeGpio());
        var chips = new Queue<FakeGpio>([hanging, sound]);
        var opening = new Lock();
        await StartAsync(() => { lock (opening) return new GpioController(chips.Dequeue()); }, new SensorSetting(SensorKind.Motion, [17]),
            new SensorSetting(SensorKind.Motion, [18]));
        await _log.NextAsync();
        await _log.NextAsync();
        hanging.Answers.Reset();
        try
        {
            Assert.Contains("does not answer", await _log.NextAsync());
            Assert.Single(new[] { 0, 1 }, sensor => _cabin.IsKnown(sensor, Now));
        }
        finally
        {
            hanging.Answers.Set();
        }
        Assert.EndsWith("answers.", await _log.NextAsync());
    }

    [Fact]
    public async Task Distance_NoEcho_SaysSoAndIsUnknown()
    {
        var gpio = new FakeGpio { Sonar = (23, 24) };
        await StartAsync(() => new GpioController(gpio), new SensorSetting(SensorKind.Distance, [23, 24]));
        Assert.Contains("cannot be true", await _log.NextAsync());
        gpio.Metres = 1.4;
        Assert.EndsWith("answers.", await _log.NextAsync());
    }

    [Fact]
    public void CpuHeat_CannotBeTold_IsNull()
    {
        Assert.Equal(61.5, new CpuHeat(() => 61.5).Celsius);
        Assert.Null(new CpuHeat(() => null).Celsius);
        Assert.Null(new CpuHeat(() => double.NaN).Celsius);
        Assert.Null(new CpuHeat(() => throw new IOException("Invalid argument")).Celsius);
    }

    TimeSpan Now => _clock.GetElapsedTime(0);

    async Task StartAsync(Func<GpioController> gpio, params SensorSetting[] sensors)
    {
        var settings = new PlayerSettings { Server = new Uri("http://localhost"), Token = "t", DataFolder = "/nowhere", Sensors = sensors };
        _cabin = new CabinOccupancy(settings);
        _worker = new SensorWorker(settings, new SensorWires(gpio, _ => throw new InvalidOperationException()), _cabin, _clock, _log);
        await _worker.StartAsync(default);
    }

    sealed class Lines : ILogger<SensorWorker>
    {
        readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public bool Any => _lines.Reader.TryPeek(out _);

        public Task<string> NextAsync() => Wait.NextAsync(_lines.Reader);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite(formatter(state, exception));
    }
}
