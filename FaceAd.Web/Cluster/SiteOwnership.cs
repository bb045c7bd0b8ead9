using System.Collections.Concurrent;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>Owner of a site, as far as this node knows.</summary>
/// <param name="Lease">This node's lease; null when another node owns it.</param>
/// <param name="Address">Address of the owning node; null when this node owns the site, or the owner has no address.</param>
readonly record struct SiteClaim(SiteLease? Lease, Uri? Address);

/// <summary>
/// The sites this node owns. Each is held by a PostgreSQL session lock on a dedicated connection, so that a crashed node loses its sites
/// immediately; and by a row with a generation that transactions check (<see cref="SiteLease.HoldAsync"/>), so that a node that has lost
/// its lock unnoticed writes nothing. A site without an owner is claimed by the node that receives its traffic.
/// </summary>
sealed class SiteOwnership(
    DirectConnections connections, IConfiguration configuration, TimeProvider time, ILogger<SiteOwnership> log)
    : BackgroundService
{
    internal const string Purpose = "owner of sites";

    private const string Lock = "SELECT pg_try_advisory_lock(hashtextextended('facead.site.' || $1::text, 0))";
    private const string Unlock = "SELECT pg_advisory_unlock(hashtextextended('facead.site.' || $1::text, 0))";

    // Waits for transactions that hold the row under the previous lease, so that the new owner sees the people they wrote.
    private const string Take = """
        INSERT INTO site_owners (site_id, node_id, generation, since) VALUES ($1, $2, 1, now())
        ON CONFLICT (site_id) DO UPDATE SET node_id = excluded.node_id, generation = site_owners.generation + 1, since = now()
        RETURNING generation
        """;

    private const string FindOwner =
        "SELECT n.address FROM site_owners o JOIN nodes n ON n.id = o.node_id WHERE o.site_id = $1 AND o.node_id <> $2";

    private const string SayAlive = """
        INSERT INTO nodes (id, address, last_seen_at) VALUES ($1, $2, now())
        ON CONFLICT (id) DO UPDATE SET address = excluded.address, last_seen_at = now()
        """;

    private const string ForgetOld = "DELETE FROM nodes WHERE last_seen_at < now() - interval '1 day'";

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BelieveOwner = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ComplainAgain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, SiteLease> _owned = new();
    private readonly ConcurrentDictionary<Guid, (Uri? Address, long At)> _others = new();
    private readonly ConcurrentDictionary<Guid, long> _complained = new();
    private readonly SemaphoreSlim _one = new(1, 1); // guards _connection
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NpgsqlConnection? _connection;

    /// <summary>This node.</summary>
    public Guid NodeId { get; } = Guid.CreateVersion7();

    /// <summary>Address of this node for other nodes (<c>Nodes:Address</c>); null on a single node.</summary>
    public Uri? Address { get; } = ReadAddress(configuration["Nodes:Address"]);

    /// <summary>Told after this node has lost a site: anything cached about it is stale.</summary>
    public Subscribers<Guid> Lost { get; } = new("lost site", log);

    /// <summary>The sites that this node owns.</summary>
    public IReadOnlyCollection<Guid> Owned => [.. _owned.Keys];

    /// <summary>This node's lease of a site; null when it has none. No I/O.</summary>
    public SiteLease? Find(Guid siteId) => _owned.TryGetValue(siteId, out var lease) ? lease : null;

    /// <summary>Claims a site unless another node owns it. Costs nothing when this node owns it already.</summary>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public ValueTask<SiteClaim> ClaimAsync(Guid siteId, CancellationToken cancellation = default)
    {
        if (_owned.TryGetValue(siteId, out var lease)) return new(new SiteClaim(lease, null));
        if (_others.TryGetValue(siteId, out var other) && other.Address is not null && time.GetElapsedTime(other.At) < BelieveOwner)
            return new(new SiteClaim(null, other.Address));
        return new(TakeAsync(siteId, cancellation));
    }

    /// <summary>Claims a site, or throws.</summary>
    /// <exception cref="SiteLostException">Another node owns it.</exception>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async ValueTask<SiteLease> LeaseAsync(Guid siteId, CancellationToken cancellation = default) =>
        (await ClaimAsync(siteId, cancellation)).Lease ?? throw new SiteLostException(siteId);

    /// <summary>Drops the cached owner of a site, because it did not answer.</summary>
    public void Doubt(Guid siteId) => _others.TryRemove(siteId, out _);

    /// <summary>
    /// Releases a lease if it is still current; other nodes, or this one under a new generation, may then claim the site.
    /// </summary>
    public async Task ReleaseAsync(SiteLease lease)
    {
        if (!_owned.TryRemove(KeyValuePair.Create(lease.SiteId, lease))) return;
        Tell(lease.SiteId);
        try
        {
            await AloneAsync(connection => connection.ExecuteAsync(Unlock, [lease.SiteId], default), default);
        }
        catch (NpgsqlException exception)
        {
            log.LogWarning("Could not release site {SiteId} ({Reason}); its lock ends with the session", lease.SiteId, exception.Message);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken); // ends the session, which releases the locks
        Forget();
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await connections.OpenAsync(Purpose, stoppingToken);
                await connection.ExecuteAsync(ForgetOld, [], stoppingToken);
                await connection.ExecuteAsync(SayAlive, [NodeId, Address?.ToString()], stoppingToken);
                Volatile.Write(ref _connection, connection);
                _connected.TrySetResult();
                await BeatAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(
                    "No database session to hold this node's sites ({Reason}); gave up {Count} sites; reconnecting",
                    exception.Message, _owned.Count);
                Forget();
                await Task.Delay(ConnectAgain, time, stoppingToken);
            }
            finally
            {
                Volatile.Write(ref _connection, null);
            }
        }
    }

    private async Task BeatAsync(CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(Beat, time);
            while (await timer.WaitForNextTickAsync(stopping))
                await AloneAsync(c => c.ExecuteAsync(SayAlive, [NodeId, Address?.ToString()], default), stopping);
        }
        catch (OperationCanceledException)
        {
            // Now, not when PostgreSQL notices the end of the session: other nodes wait for these sites.
            await AloneAsync(c => c.ExecuteAsync("SELECT pg_advisory_unlock_all()", [], default), default);
            throw;
        }
    }

    private static Uri? ReadAddress(string? address) =>
        string.IsNullOrWhiteSpace(address) ? null
        : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
        : throw new InvalidOperationException(
            $"Nodes:Address must be an http or https address at which other nodes reach this one, not '{address}'.");

    private async Task<SiteClaim> TakeAsync(Guid siteId, CancellationToken cancellation)
    {
        await _connected.Task.WaitAsync(cancellation);
        SiteLease? taken = null;
        Uri? owner = null;
        await AloneAsync(
            async connection =>
            {
                if (_owned.TryGetValue(siteId, out var lease))
                {
                    taken = lease;
                    return;
                }
                if ((await connection.QueryAsync(Lock, [siteId], r => r.GetBoolean(0), default))[0])
                {
                    taken = _owned[siteId] = new SiteLease(siteId, NodeId, await GenerationAsync(connection, siteId));
                    return;
                }
                // An owner writes its row after it gets the lock, so for a moment the previous owner's may be there. The next lookup
                // corrects it.
                var address =
                    (await connection.QueryAsync(FindOwner, [siteId, NodeId], r => r.IsDBNull(0) ? null : r.GetString(0), default))
                        .FirstOrDefault();
                owner = address is null ? null : new Uri(address);
                _others[siteId] = (owner, time.GetTimestamp());
            },
            cancellation);
        if (taken is { } mine) log.LogInformation("This node now owns site {SiteId}, generation {Generation}", siteId, mine.Generation);
        else if (owner is null) WarnOfMissingAddress(siteId);
        return new SiteClaim(taken, owner);
    }

    private async Task<long> GenerationAsync(NpgsqlConnection connection, Guid siteId)
    {
        try
        {
            return (await connection.QueryAsync(Take, [siteId, NodeId], r => r.GetInt64(0), default))[0];
        }
        catch (PostgresException)
        {
            await connection.ExecuteAsync(Unlock, [siteId], default); // for example, a transaction of the previous owner does not end
            throw;
        }
    }

    /// <summary>Exclusive use of the connection. A failure that may have ended the session gives up all sites.</summary>
    /// <exception cref="NpgsqlException">The statement or the session failed.</exception>
    private async Task AloneAsync(Func<NpgsqlConnection, Task> use, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var connection = Volatile.Read(ref _connection)
                ?? throw new NpgsqlException("The session that holds this node's sites is being reopened.");
            try
            {
                await use(connection);
            }
            catch (PostgresException exception) when (exception.InvariantSeverity == "ERROR")
            {
                throw; // the statement failed, the session is intact
            }
            catch (Exception exception)
            {
                // Locks that may be gone are given up. The heartbeat notices and opens a new session.
                Volatile.Write(ref _connection, null);
                await connection.DisposeAsync();
                Forget();
                throw new NpgsqlException($"The session that holds this node's sites is lost: {exception.Message}", exception);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private void Forget()
    {
        foreach (var (site, lease) in _owned)
        {
            if (_owned.TryRemove(KeyValuePair.Create(site, lease))) Tell(site);
        }
    }

    private void Tell(Guid siteId)
    {
        log.LogInformation("This node no longer owns site {SiteId}", siteId);
        Lost.Tell(siteId);
    }

    private void WarnOfMissingAddress(Guid siteId)
    {
        var now = time.GetTimestamp();
        if (_complained.TryGetValue(siteId, out var before) && time.GetElapsedTime(before, now) < ComplainAgain) return;
        _complained[siteId] = now;
        log.LogError("Site {SiteId} is owned by another node that has no address: its screens are refused here. "
            + "Set Nodes:Address on every node, or run one node only", siteId);
    }
}
