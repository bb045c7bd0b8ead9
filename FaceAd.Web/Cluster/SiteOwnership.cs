using System.Collections.Concurrent;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
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
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BelieveOwner = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, (OtherOwner Owner, long At)> _others = new();
    private readonly ConcurrentDictionary<Guid, Lazy<Task<SiteClaim>>> _claims = new(); // at most one of each site
    private readonly SemaphoreSlim _few = new(MostClaims);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogLimit<Guid> _complaints = new(log, time, most: 1, TimeSpan.FromMinutes(1)); // by site
    private readonly LogLimit<string> _changes = new(log, time, most: 20, TimeSpan.FromMinutes(1)); // thousands, when a node takes over
    private volatile NodeTenure _tenure = new(time);
    private NodeTenure? _lapsed; // when last looked at; of the watch alone
    private volatile bool _leaves;
    private long _lastRound;

    /// <summary>When its loop last went round, whether or not the database answered: a timestamp; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>This node, in its current stay.</summary>
    public Guid NodeId => _tenure.Id;

    /// <summary>Ends when this node has entered for the first time.</summary>
    public Task Entered => _entered.Task;

    /// <summary>The other living nodes, at most a second ago.</summary>
    public IReadOnlySet<Guid> Peers => _tenure.Peers;

    /// <summary>Whether an operator has this node hand over its sites, at most a second ago.</summary>
    public bool Drains => _tenure.Drains;

    /// <summary>Whether this node has started and does not stop: other nodes may hand sites over to it, within a second.</summary>
    public bool Serves { get; set; }

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
        if (_others.TryGetValue(siteId, out var other) && other.Owner.Address is not null
            && time.GetElapsedTime(other.At) < BelieveOwner && _tenure.Heard.Contains(other.Owner.NodeId))
            return new(new SiteClaim(null, other.Owner.Address));
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
        // What arrives from now on does not claim it again.
        _others[siteId] = (new OtherOwner(heir, address, IsSilent: false), time.GetTimestamp());
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

    /// <summary>Leaves the other nodes: this one's sites are theirs at once, and it takes none any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        (_leaves, Serves) = (true, false);
        await base.StopAsync(cancellationToken);
        GiveUp(_tenure, LogLevel.Information, "it stops");
    }

    public override void Dispose()
    {
        _few.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whatever the loop waits for: a database that does not answer, and tells nobody, is noticed late.
        await using var watch = time.CreateTimer(_ => Watch(), null, WatchPeriod, WatchPeriod);
        while (!stoppingToken.IsCancellationRequested)
        {
            Volatile.Write(ref _lastRound, time.GetTimestamp());
            var tenure = _tenure;
            try
            {
                await using var connection = await connections.OpenAsync(Purpose, stoppingToken);
                if (await tenure.EnterAsync(connection, Address, Serves, stoppingToken))
                {
                    _entered.TrySetResult();
                    await RenewAsync(tenure, connection, stoppingToken);
                }
                GiveUp(tenure, LogLevel.Warning, "other nodes took it for dead");
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                tenure.LoseSession();
                log.LogWarning("No database session for this node's lease ({Reason}); reconnecting", exception.Message);
                if (tenure.IsOver) GiveUp(tenure, LogLevel.Warning, "it could not renew its lease");
                await Task.Delay(ConnectAgain, time, stoppingToken);
            }
        }
    }

    /// <summary>Gives up sites that other nodes are about to take. Not at the first sight: when a node that hung goes on, its renewal
    /// comes first.</summary>
    private void Watch()
    {
        var tenure = _tenure;
        if (tenure.HasLapsed && tenure == _lapsed) GiveUp(tenure, LogLevel.Warning, "it could not renew its lease");
        _lapsed = tenure.HasLapsed ? tenure : null;
    }

    /// <summary>Renews the tenure until it is over.</summary>
    private async Task RenewAsync(NodeTenure tenure, NpgsqlConnection connection, CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(Beat, time);
            do
            {
                await timer.WaitForNextTickAsync(stopping);
                Volatile.Write(ref _lastRound, time.GetTimestamp());
            }
            while (await tenure.RenewAsync(connection, Serves) && tenure == _tenure);
            if (tenure != _tenure) await tenure.LeaveAsync(connection); // the answer came after this node gave it up
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            GiveUp(tenure, LogLevel.Information, "it stops");
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
            if (!tenure.IsTrusted && !_leaves) throw new NpgsqlException("This node's lease has not been renewed yet.");
            await using var connection = await database.OpenConnectionAsync();
            if (await SiteOwnerRows.FindOwnerAsync(connection, siteId, tenure) is { } owner) return Believe(siteId, owner);
            if (_leaves) return default; // another node will take it
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

    private SiteClaim Believe(Guid siteId, OtherOwner owner)
    {
        if (owner.IsSilent) return default; // its term will tell
        _others[siteId] = (owner, time.GetTimestamp());
        if (owner.Address is null) WarnOfMissingAddress(siteId);
        return new SiteClaim(null, owner.Address);
    }

    private bool Drop(SiteLease lease)
    {
        if (!_tenure.Leases.TryRemove(KeyValuePair.Create(lease.SiteId, lease))) return false;
        if (_changes.Allows("changes of owner")) log.LogInformation("This node no longer owns site {SiteId}", lease.SiteId);
        Lost.Tell(new HashSet<Guid> { lease.SiteId });
        return true;
    }

    private void GiveUp(NodeTenure over, LogLevel level, string reason)
    {
        over.End();
        if (Interlocked.CompareExchange(ref _tenure, new NodeTenure(time), over) != over) return; // it has been
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
