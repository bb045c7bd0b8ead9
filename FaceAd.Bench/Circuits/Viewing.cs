using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaceAd.Bench.Circuits;

/// <summary>What one move of the figures cost.</summary>
/// <param name="Milliseconds">Processor time of the server.</param>
/// <param name="Computations">Computations of figures for open pages.</param>
readonly record struct TickCost(double Milliseconds, double Computations);

/// <summary>Pages that look at a building whose figures move.</summary>
sealed class Viewing(HostedWeb web, LiveBuilding building, OpenPages browser, CircuitMeter circuits)
{
    const int OpeningAtOnce = 10;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    static readonly TimeSpan OnePage = TimeSpan.FromSeconds(30);

    // Longer than the throttle, so that every move is computed and drawn.
    static readonly TimeSpan BetweenTicks = TimeSpan.FromMilliseconds(1_200);
    readonly List<string> _pages = [];

    /// <summary>Opens pages until there are so many, and waits until all are live.</summary>
    /// <param name="count">How many.</param>
    /// <param name="campaignOf">Which campaign, by the number of the page.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task OpenAsync(int count, Func<int, int> campaignOf, CancellationToken cancellation)
    {
        var opened = (int)circuits.Connected;
        for (var began = Stopwatch.GetTimestamp(); circuits.Connected < count;)
        {
            for (var i = Math.Min(OpeningAtOnce, count - circuits.Connected); i > 0; i--)
                _pages.Add(await browser.OpenAsync(new Uri(web.Address, $"campaigns/{building.Campaigns[campaignOf(opened++) % building.Campaigns.Count]}"), cancellation));
            // On a machine with other work a page may fail to load: after a while another one takes its place.
            await circuits.UntilAsync(Math.Min(count, opened), OnePage, cancellation);
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException($"{circuits.Connected} pages are live instead of {count}.");
        }
    }

    /// <summary>Closes all pages, and waits until the server has let go of them.</summary>
    public async Task CloseAllAsync(CancellationToken cancellation)
    {
        foreach (var page in _pages) await browser.CloseAsync(page, cancellation);
        _pages.Clear();
        await circuits.UntilGoneAsync(OnePage, cancellation);
        circuits.Rebase(); // a page that was cut off and came back may have been counted as connected twice
    }

    /// <summary>Moves the figures so many times, and lets pages draw them.</summary>
    public async Task TickAsync(int times, CancellationToken cancellation)
    {
        for (var i = 0; i < times; i++)
        {
            await building.TickAsync(cancellation);
            await Task.Delay(BetweenTicks, cancellation);
        }
    }

    /// <summary>Measures what one move costs the server.</summary>
    public async Task<TickCost> CostAsync(int ticks, CancellationToken cancellation)
    {
        await TickAsync(2, cancellation);
        using var self = Process.GetCurrentProcess();
        var (cpu, computed) = (self.TotalProcessorTime, circuits.Computations);
        await TickAsync(ticks, cancellation);
        self.Refresh();
        return new TickCost((self.TotalProcessorTime - cpu).TotalMilliseconds / ticks, (double)(circuits.Computations - computed) / ticks);
    }
}

/// <summary>Counts the server's connected circuits and its computations for open pages, by the meters that they keep.</summary>
sealed class CircuitMeter : IDisposable
{
    const string ConnectedName = "aspnetcore.components.circuit.connected", KeptName = "aspnetcore.components.circuit.active";
    readonly MeterListener _listener = new();
    long _connected, _kept, _computations;

    /// <summary>Starts to count.</summary>
    public CircuitMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is ConnectedName or KeptName or Web.Metrics.LiveFeedMeter.Computations) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            switch (instrument.Name)
            {
                case ConnectedName: Interlocked.Add(ref _connected, value); break;
                case KeptName: Interlocked.Add(ref _kept, value); break;
                default: Interlocked.Add(ref _computations, value); break;
            }
        });
        _listener.Start();
    }

    /// <summary>Circuits whose page is connected.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Computations so far.</summary>
    public long Computations => Interlocked.Read(ref _computations);

    /// <summary>Takes what is counted now for none.</summary>
    public void Rebase()
    {
        Interlocked.Exchange(ref _connected, 0);
        Interlocked.Exchange(ref _kept, 0);
    }

    /// <summary>Waits until so many circuits are connected, or for a while.</summary>
    /// <returns>Whether there are at least so many.</returns>
    public Task<bool> UntilAsync(long count, TimeSpan patience, CancellationToken cancellation) => UntilAsync(() => Connected >= count, patience, cancellation);

    /// <summary>Waits until the server has let go of every circuit, also of those that it keeps for a page's return; or for a while.</summary>
    public Task UntilGoneAsync(TimeSpan patience, CancellationToken cancellation) => UntilAsync(() => Interlocked.Read(ref _kept) == 0, patience, cancellation);

    static async Task<bool> UntilAsync(Func<bool> isReached, TimeSpan patience, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); !isReached() && Stopwatch.GetElapsedTime(began) < patience;) await Task.Delay(50, cancellation);
        return isReached();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
