using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Support;

/// <summary>One of several nodes on one database. The first one makes the site, its screens and the campaign.</summary>
/// <param name="first">The first node; null when this is it.</param>
/// <param name="hasAddress">Whether it tells the others where it is reached.</param>
public sealed class NodeApp(NodeApp? first = null, bool hasAddress = true) : SiteFixture
{
    /// <inheritdoc/>
    protected override int Port { get; } = LoopbackPort.Free();

    /// <summary>Who owns which site.</summary>
    internal SiteOwnership Ownership => Services.GetRequiredService<SiteOwnership>();

    /// <inheritdoc/>
    protected override AppFixture? Beside => first;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings =>
        hasAddress ? new Dictionary<string, string> { ["Nodes:Address"] = $"http://127.0.0.1:{Port}/" } : new();

    /// <summary>Starts a node; with <paramref name="first"/>, beside another.</summary>
    public static async Task<NodeApp> StartAsync(NodeApp? first = null, bool hasAddress = true)
    {
        var node = new NodeApp(first, hasAddress);
        await node.InitializeAsync();
        return node;
    }

    /// <inheritdoc/>
    protected override Task ReadyAsync() => first is null ? base.ReadyAsync() : Task.CompletedTask;
}
