using FaceAd.Player.Clock;

namespace FaceAd.Player.Sensors;

/// <summary>Reads the sensors. One that fails is opened again, ever more rarely; until it answers the player goes on as without it.</summary>
internal sealed class SensorWorker(PlayerSettings settings, SensorWires wires, Cabin cabin, ServerClock clock, ILogger<SensorWorker> log) : BackgroundService
{
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    TimeSpan Now => clock.GetElapsedTime(0);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(settings.Sensors.Select((_, sensor) => WatchAsync(sensor, stoppingToken)));

    async Task WatchAsync(int sensor, CancellationToken cancellation)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), LongestWait, clock);
        var words = new Words(settings.Sensors[sensor].Name, log);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var device = await Task.Run(() => wires.Open(settings.Sensors[sensor]), cancellation);
                await ReadAsync(sensor, device, words, backoff, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // a chip, a driver, a wire: whatever is missing or wrong, the screen goes on
            {
                cabin.Fail(sensor, Now);
                words.Fails(Reason(e));
            }
            await Task.Delay(backoff.Next(), clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The drivers hide what is missing, such as libgpiod, in an inner exception of many lines: its first sentence will do.
    static string Reason(Exception e) =>
        e.InnerException is { } inner ? $"{e.Message.TrimEnd('.')}: {inner.Message.Split('\n')[0].Split(". ")[0].TrimEnd('.')}." : e.Message;

    // Until it fails.
    async Task ReadAsync(int sensor, CabinSensor device, Words words, Backoff backoff, CancellationToken cancellation)
    {
        void Take(SensorReading reading) => cabin.Take(sensor, reading, Now);

        device.Told += Take;
        using var timer = new PeriodicTimer(device.Period, clock);
        var known = Now;
        do
        {
            var reading = Task.Run(device.Read, cancellation);
            try
            {
                Take(await reading.WaitAsync(SensorTrack.Silence, clock, cancellation));
            }
            catch (TimeoutException) when (!reading.IsCompleted)
            {
                // Opening it once more would only let another thread hang.
                words.Fails("It does not answer.");
                Take(await reading.WaitAsync(cancellation));
            }
            if (cabin.IsKnown(sensor, Now))
            {
                known = Now;
                words.Answers();
                backoff.Reset();
            }
            else if (Now - known > SensorTrack.Silence)
            {
                words.Fails("What it answers cannot be true.");
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>What the log says of a sensor: once per kind of trouble, not once per try.</summary>
    sealed class Words(string name, ILogger log)
    {
        string? _problem = "";

        public void Answers()
        {
            if (_problem is not null) log.LogInformation("The {Sensor} answers.", name);
            _problem = null;
        }

        public void Fails(string problem)
        {
            if (problem != _problem) log.LogWarning("The {Sensor} cannot be used; the player goes on without it: {Reason}", name, problem);
            _problem = problem;
        }
    }
}
