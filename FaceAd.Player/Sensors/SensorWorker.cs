using FaceAd.Player.Clock;

namespace FaceAd.Player.Sensors;

/// <summary>Reads the sensors. A failed one is reopened with increasing delays; until it answers, the player works without it.</summary>
sealed class SensorWorker(
    PlayerSettings settings, SensorWires wires, CabinOccupancy cabin, ServerClock clock, ILogger<SensorWorker> log) : BackgroundService
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
            catch (Exception e) // chip, driver or wiring: whatever fails, the screen keeps playing
            {
                cabin.Fail(sensor, Now);
                words.Fails(Reason(e));
            }
            await Task.Delay(backoff.Next(), clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Drivers put the cause, such as a missing libgpiod, in a multi-line inner exception; its first sentence is enough.
    static string Reason(Exception e) =>
        e.InnerException is { } inner
            ? $"{e.Message.TrimEnd('.')}: {inner.Message.Split('\n')[0].Split(". ")[0].TrimEnd('.')}." : e.Message;

    // Returns only by throwing: on failure or cancellation.
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
                // Do not reopen it: that would only block another thread.
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
                words.Fails("Its readings cannot be true.");
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Logs a sensor's state once per kind of problem, not once per try.</summary>
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
