using FaceAd.Bench.Crash;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Bench.Nodes;

/// <summary>A node: a process of its own, with its own way to the database.</summary>
sealed class FleetNode : IAsyncDisposable
{
    private const int Stop = 19, Continue = 18; // SIGSTOP and SIGCONT
    private readonly CuttingProxy _way;

    public FleetNode(string connectionString, string data, string models)
    {
        var direct = new NpgsqlConnectionStringBuilder(connectionString);
        _way = new CuttingProxy(new Uri($"http://{direct.Host}:{direct.Port}/"));
        Dictionary<string, string> settings = new()
        {
            ["ConnectionStrings:FaceAd"] =
                new NpgsqlConnectionStringBuilder(connectionString) { Port = _way.Address.Port, MaxPoolSize = 20 }.ConnectionString,
            ["Data:Folder"] = data,
            ["Models:Folder"] = models,
            ["Logging:LogLevel:Default"] = "Warning",
        };
        Web = new WebProcess(typeof(DataFolder).Assembly.Location, settings);
        settings["Nodes:Address"] = Web.Address.ToString();
    }

    /// <summary>Its process.</summary>
    public WebProcess Web { get; }

    /// <summary>Whether the balancer sends requests to it.</summary>
    public bool IsHealthy { get; set; }

    /// <summary>Does it harm.</summary>
    public async Task SufferAsync(NodeFault fault)
    {
        switch (fault)
        {
            case NodeFault.Killed: await Web.KillAsync(); break;
            case NodeFault.Hung: PostgresProgram.Signal(Web.ProcessId, Stop); break;
            case NodeFault.Cut: _way.CutEach(1, int.MaxValue); break;
            default: _way.Swallow(); break;
        }
    }

    /// <summary>Ends the harm, and waits until it serves again.</summary>
    public async Task RecoverAsync(NodeFault fault, CancellationToken cancellation)
    {
        if (fault == NodeFault.Hung) PostgresProgram.Signal(Web.ProcessId, Continue);
        else if (fault != NodeFault.Killed) _way.Recover();
        await Web.ReadyAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Web.DisposeAsync();
        await _way.DisposeAsync();
    }
}
