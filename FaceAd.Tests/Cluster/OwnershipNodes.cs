using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FaceAd.Tests.Cluster;

/// <summary>Nodes on one database, without their web apps: who owns which site.</summary>
internal sealed class OwnershipNodes(string connectionString) : IAsyncDisposable
{
    private readonly Complaints _complaints = new();
    private readonly List<(SiteOwnership Node, NpgsqlDataSource Pool)> _nodes = [];

    /// <summary>What they logged at warning level or above.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints.Lines;

    /// <summary>Starts a node.</summary>
    /// <param name="address">Its address for the others.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="way">Its own way to the database.</param>
    public async Task<SiteOwnership> StartAsync(string? address, TimeProvider? time = null, string? way = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Nodes:Address"] = address }).Build();
        var log = new LoggerFactory([_complaints]).CreateLogger<SiteOwnership>();
        var pool = NpgsqlDataSource.Create(way ?? connectionString);
        var node = new SiteOwnership(
            new DirectConnections(way ?? connectionString), pool, configuration, time ?? TimeProvider.System, log);
        _nodes.Add((node, pool));
        await node.StartAsync(default);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (node, pool) in _nodes)
        {
            await node.StopAsync(default);
            node.Dispose();
            await pool.DisposeAsync();
        }
    }
}
