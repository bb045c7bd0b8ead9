using System.Collections.Concurrent;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>Owner of a site, as far as this node knows.</summary>
/// <param name="Lease">This node's lease; null when another node owns it.</param>
/// <param name="Address">Address of the owning node; null when this node owns the site, or the owner has no address.</param>
readonly record struct SiteClaim(SiteLease? Lease, Uri? Address);

/// <summary>
/// The sites this node owns. A site belongs to the node that its row in <c>site_owners</c> names, while that node's own row stands
/// (<see cref="NodeTenure"/>): one row is renewed each second, however many sites there are. A claim raises the site's generation, which
/// transactions check (<see cref="SiteLease.HoldAsync"/>), so that a node that has lost a site unnoticed writes nothing. A site without an
/// owner is claimed by the node that receives its traffic.
/// </summary>
sealed class SiteOwnership(
    DirectConnections connections, [ScreensPool] NpgsqlDataSource database, IConfiguration configuration, TimeProvider time,
    ILogger<SiteOwnership> log)
    : BackgroundService
{
    internal const string Purpose = "owner of sites";

    private const int MostClaims = 4;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BelieveOwner = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, (Uri? Address, long At)> _others = new();
    private readonly ConcurrentDictionary<Guid, Lazy<Task<SiteClaim>>> _claims = new(); // at most one of each site
    private readonly SemaphoreSlim _few = new(MostClaims);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogLimit<Guid> _complaints = new(log, time, most: 1, TimeSpan.FromMinutes(1)); // by site
    private readonly LogLimit<string> _changes = new(log, time, most: 20, TimeSpan.FromMinutes(1)); // thousands, when a node takes over
    private readonly LogLimit<string> _losses = new(log, time, most: 3, TimeSpan.FromMinutes(1));
    private volatile NodeTenure _tenure = new(time);
    private long _lastRound;

    /// <summary>When its loop last went round, whether or not the database answered: a timestamp; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>This node, in its current stay.</summary>
    public Guid NodeId => _tenure.Id;

    /// <summary>Address of this node for other nodes (<c>Nodes:Address</c>); null on a single node.</summary>
    public Uri? Address { get; } = ReadAddress(configuration["Nodes:Address"]);

    /// <summary>Told after this node has lost sites: anything cached about them is stale.</summary>
    public Subscribers<IReadOnlySet<Guid>> Lost { get; } = new("lost sites", log);

    /// <summary>The sites that this node has taken.</summary>
    public IReadOnlyCollection<Guid> Owned => [.. _tenure.Leases.Keys];

    /// <summary>
    /// This node's lease of a site; null when it has none, or another node may have taken it meanwhile. Whoever acts as owner asks first.
    /// No I/O.
    /// </summary>
    public SiteLease? Find(Guid siteId)
    {
        var tenure = _tenure;
        return tenure.Leases.TryGetValue(siteId, out var lease) && tenure.IsTrusted ? lease : null;
    }

    /// <summary>Claims a site unless another node owns it. Costs nothing when this node owns it already.</summary>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public ValueTask<SiteClaim> ClaimAsync(Guid siteId, CancellationToken cancellation = default)
    {
        if (Find(siteId) is { } lease) return new(new SiteClaim(lease, null));
        if (_others.TryGetValue(siteId, out var other) && other.Address is not null && time.GetElapsedTime(other.At) < BelieveOwner)
            return new(new SiteClaim(null, other.Address));
        return new(ClaimOnceAsync(siteId, cancellation));
    }

    /// <summary>Claims a site, or throws.</summary>
    /// <exception cref="SiteLostException">Another node owns it.</exception>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async ValueTask<SiteLease> LeaseAsync(Guid siteId, CancellationToken cancellation = default) =>
        (await ClaimAsync(siteId, cancellation)).Lease ?? throw new SiteLostException(siteId);

    /// <summary>Drops the cached owner of a site, because it did not answer, or not as the owner.</summary>
    public void Doubt(Guid siteId) => _others.TryRemove(siteId, out _);

    /// <summary>
    /// Releases a lease if it is still current; other nodes, or this one under a new generation, may then claim the site.
    /// </summary>
    public async Task ReleaseAsync(SiteLease lease)
    {
        if (!Drop(lease)) return;
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            await SiteOwnerRows.PassAsync(connection, lease, null, default);
        }
        catch (NpgsqlException exception)
        {
            log.LogWarning("Could not release site {SiteId} ({Reason}); this node may claim it again", lease.SiteId, exception.Message);
        }
    }

    /// <summary>Hands a site of this node over to another living node, which claims it when the site's next traffic arrives.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="address">The other node's <see cref="Address"/>.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>False: this node does not own the site, or no other node lives there.</returns>
    /// <exception cref="NpgsqlException">The database is unavailable. This node claims the site again at its next traffic.</exception>
    public async Task<bool> HandOverAsync(Guid siteId, Uri address, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await SiteOwnerRows.FindNodeAsync(connection, address, cancellation) is not { } heir || heir == NodeId) return false;
        if (Find(siteId) is not { } lease) return false;
        _others[siteId] = (address, time.GetTimestamp()); // what arrives from now on does not claim it again
        var passed = false;
        try
        {
            return passed = Drop(lease) && await SiteOwnerRows.PassAsync(connection, lease, heir, cancellation);
        }
        finally
        {
            if (!passed) Doubt(siteId);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        GiveUp(LogLevel.Information, "it stops");
    }

    public override void Dispose()
    {
        _few.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Volatile.Write(ref _lastRound, time.GetTimestamp());
            try
            {
                await using var connection = await connections.OpenAsync(Purpose, stoppingToken);
                if (await _tenure.EnterAsync(connection, Address, stoppingToken))
                {
                    _entered.TrySetResult();
                    await RenewAsync(connection, stoppingToken);
                }
                GiveUp(LogLevel.Warning, "other nodes took it for dead");
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                _tenure.LoseSession();
                if (_losses.Allows("lost database sessions"))
                    log.LogWarning("No database session for this node's lease ({Reason}); reconnecting", exception.Message);
                if (_tenure.IsOver) GiveUp(LogLevel.Warning, "it could not renew its lease");
                await Task.Delay(ConnectAgain, time, stoppingToken);
            }
        }
    }

    /// <summary>Renews the tenure until it is over.</summary>
    private async Task RenewAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var tenure = _tenure;
        try
        {
            using var timer = new PeriodicTimer(Beat, time);
            do
            {
                await timer.WaitForNextTickAsync(stopping);
                Volatile.Write(ref _lastRound, time.GetTimestamp());
            }
            while (await tenure.RenewAsync(connection));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            GiveUp(LogLevel.Information, "it stops");
            await tenure.LeaveAsync(connection); // others need not wait
            throw;
        }
    }

    private static Uri? ReadAddress(string? address) =>
        string.IsNullOrWhiteSpace(address) ? null
        : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
        : throw new StartException(
            $"Nodes:Address must be an http or https address at which other nodes reach this one, not '{address}'.");

    private async Task<SiteClaim> ClaimOnceAsync(Guid siteId, CancellationToken cancellation)
    {
        await _entered.Task.WaitAsync(cancellation);
        var claim = _claims.GetOrAdd(siteId, id => new Lazy<Task<SiteClaim>>(() => AskAsync(id)));
        return await claim.Value.WaitAsync(cancellation);
    }

    private async Task<SiteClaim> AskAsync(Guid siteId)
    {
        await _few.WaitAsync();
        try
        {
            if (Find(siteId) is { } known) return new SiteClaim(known, null);
            var tenure = _tenure;
            if (!tenure.IsTrusted) throw new NpgsqlException("This node's lease has not been renewed yet.");
            await using var connection = await database.OpenConnectionAsync();
            if (await SiteOwnerRows.FindOwnerAsync(connection, siteId, tenure) is { } owner) return Believe(siteId, owner);
            var (lease, buried) = await SiteOwnerRows.TakeAsync(connection, siteId, tenure);
            if (buried is not null) log.LogWarning("Node {Node} is dead: other nodes take its sites", buried);
            if (lease is { } taken) return Keep(tenure, taken);
            // Another node was faster.
            return await SiteOwnerRows.FindOwnerAsync(connection, siteId, tenure) is { } winner ? Believe(siteId, winner) : default;
        }
        finally
        {
            _claims.TryRemove(siteId, out _);
            _few.Release();
        }
    }

    private SiteClaim Keep(NodeTenure tenure, SiteLease lease)
    {
        tenure.Leases[lease.SiteId] = lease;
        // Asked afterwards: who ends the tenure first distrusts it and then tells of the leases that it finds.
        if (!tenure.IsTrusted)
        {
            tenure.Leases.TryRemove(lease.SiteId, out _);
            throw new NpgsqlException("This node's lease ended while it claimed a site.");
        }
        _others.TryRemove(lease.SiteId, out _);
        if (_changes.Allows("changes of owner"))
            log.LogInformation("This node now owns site {SiteId}, generation {Generation}", lease.SiteId, lease.Generation);
        return new SiteClaim(lease, null);
    }

    private SiteClaim Believe(Guid siteId, SiteClaim owner)
    {
        _others[siteId] = (owner.Address, time.GetTimestamp());
        if (owner.Address is null) WarnOfMissingAddress(siteId);
        return owner;
    }

    private bool Drop(SiteLease lease)
    {
        if (!_tenure.Leases.TryRemove(KeyValuePair.Create(lease.SiteId, lease))) return false;
        if (_changes.Allows("changes of owner")) log.LogInformation("This node no longer owns site {SiteId}", lease.SiteId);
        Lost.Tell(new HashSet<Guid> { lease.SiteId });
        return true;
    }

    private void GiveUp(LogLevel level, string reason)
    {
        var over = _tenure;
        over.End();
        _tenure = new NodeTenure(time);
        HashSet<Guid> sites = [.. over.Leases.Keys];
        if (sites.Count == 0) return;
        log.Log(level, "This node gave up {Count} sites: {Reason}", sites.Count, reason);
        Lost.Tell(sites);
    }

    private void WarnOfMissingAddress(Guid siteId)
    {
        if (!_complaints.Allows(siteId)) return;
        log.LogError("Site {SiteId} is owned by another node that has no address: its screens are refused here. "
            + "Set Nodes:Address on every node, or run one node only", siteId);
    }
}
