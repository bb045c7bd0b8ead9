using System.Diagnostics;

namespace FaceAd.Bench.Circuits;

/// <summary>Cost of one update of the figures.</summary>
/// <param name="Milliseconds">CPU time of the server in milliseconds.</param>
/// <param name="Computations">Number of computations of figures for open pages.</param>
readonly record struct TickCost(double Milliseconds, double Computations);

/// <summary>Pages open on a building whose figures move.</summary>
sealed class Viewing(HostedWeb web, LiveBuilding building, OpenPages browser, CircuitMeter circuits)
{
    const int OpeningAtOnce = 10;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    static readonly TimeSpan OnePage = TimeSpan.FromSeconds(30);

    // Longer than the throttle, so that every update is computed and drawn.
    static readonly TimeSpan BetweenTicks = TimeSpan.FromMilliseconds(1_200);
    readonly List<string> _pages = [];

    /// <summary>Opens pages until there are this many, and waits until all are live.</summary>
    /// <param name="count">Number of pages.</param>
    /// <param name="campaignOf">Index of the campaign, by index of the page.</param>
    /// <param name="cancellation">Cancels the work.</param>
    public async Task OpenAsync(int count, Func<int, int> campaignOf, CancellationToken cancellation)
    {
        var opened = (int)circuits.Connected;
        for (var began = Stopwatch.GetTimestamp(); circuits.Connected < count;)
        {
            for (var i = Math.Min(OpeningAtOnce, count - circuits.Connected); i > 0; i--)
                _pages.Add(
                    await browser.OpenAsync(
                        new Uri(web.Address, $"campaigns/{building.Campaigns[campaignOf(opened++) % building.Campaigns.Count]}"),
                        cancellation));
            // A page may fail to load on a busy machine: after a while another one replaces it.
            await circuits.UntilAsync(Math.Min(count, opened), OnePage, cancellation);
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException($"{circuits.Connected} of {count} pages are live.");
        }
    }

    /// <summary>Closes all pages, and waits until the server has released them.</summary>
    public async Task CloseAllAsync(CancellationToken cancellation)
    {
        foreach (var page in _pages) await browser.CloseAsync(page, cancellation);
        _pages.Clear();
        await circuits.UntilGoneAsync(OnePage, cancellation);
        circuits.Rebase(); // a page that reconnected may have been counted twice
    }

    /// <summary>Updates the figures a number of times, and lets pages draw them.</summary>
    public async Task TickAsync(int times, CancellationToken cancellation)
    {
        for (var i = 0; i < times; i++)
        {
            await building.TickAsync(cancellation);
            await Task.Delay(BetweenTicks, cancellation);
        }
    }

    /// <summary>Measures the cost of one update to the server.</summary>
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
