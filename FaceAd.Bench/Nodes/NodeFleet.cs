using System.Diagnostics;

namespace FaceAd.Bench.Nodes;

/// <summary>
/// Nodes on one database, behind a balancer that asks each for <c>/readyz</c> every second and leaves out those that do not answer 200
/// within a second.
/// </summary>
sealed class NodeFleet : IAsyncDisposable
{
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<FleetNode> _nodes;
    private readonly HttpClient _http = new() { Timeout = Check };
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _checks;
    private int _turn;

    private NodeFleet(List<FleetNode> nodes)
    {
        _nodes = nodes;
        _checks = nodes.ConvertAll(CheckAsync);
    }

    /// <summary>Starts nodes, one after the other: the first one sets the database up.</summary>
    public static async Task<NodeFleet> StartAsync(
        int count, string connectionString, string data, string models, CancellationToken cancellation)
    {
        List<FleetNode> nodes = [.. Enumerable.Range(0, count).Select(_ => new FleetNode(connectionString, data, models))];
        foreach (var node in nodes) await node.Web.ReadyAsync(cancellation);
        return new NodeFleet(nodes);
    }

    /// <summary>Where the balancer sends the next request or connection.</summary>
    public Uri Next()
    {
        var healthy = _nodes.Where(n => n.IsHealthy).ToList();
        if (healthy.Count == 0) healthy = _nodes;
        return healthy[(int)((uint)Interlocked.Increment(ref _turn) % (uint)healthy.Count)].Web.Address;
    }

    /// <summary>The node at an address.</summary>
    public FleetNode At(string address) => _nodes.Single(n => n.Web.Address.ToString() == address);

    /// <summary>Waits until the balancer uses every node.</summary>
    /// <exception cref="TimeoutException">One does not come back.</exception>
    public async Task UntilHealthyAsync(CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); !_nodes.TrueForAll(n => n.IsHealthy); await Task.Delay(50, cancellation))
        {
            if (clock.Elapsed > Patience)
                throw new TimeoutException("A node does not come back:\n" + string.Join('\n', _nodes.Find(n => !n.IsHealthy)!.Web.Output));
        }
    }

    /// <summary>Kills every node.</summary>
    public async Task KillAsync()
    {
        foreach (var node in _nodes) await node.Web.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_checks);
        foreach (var node in _nodes) await node.DisposeAsync();
        _http.Dispose();
        _end.Dispose();
    }

    private async Task CheckAsync(FleetNode node)
    {
        using var timer = new PeriodicTimer(Check);
        try
        {
            do node.IsHealthy = await IsReadyAsync(node);
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // It ends.
        }
    }

    private async Task<bool> IsReadyAsync(FleetNode node)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(node.Web.Address, "readyz"), _end.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !_end.IsCancellationRequested))
        {
            return false;
        }
    }
}
