using System.Net;
using FaceAd.Core;
using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using Yarp.ReverseProxy.Forwarder;

namespace FaceAd.Web.Screens;

/// <summary>
/// Forwards screen traffic, both requests and the hub's WebSocket, to the node that owns the screen's site. A request is forwarded at most
/// once. On a single node this costs one dictionary lookup.
/// </summary>
sealed class ScreenForwarding : IDisposable
{
    private static readonly string[] Paths = [Routes.Frames, Routes.Audiences, Routes.Plays, Routes.Hub];

    // Nothing is silent for longer on purpose: players wait at most 20 s for an answer, and the hub pings every 5 s.
    private static readonly ForwarderRequestConfig Way = new()
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = TimeSpan.FromSeconds(20),
    };

    // An owner that hangs must not hold a screen's requests, or the start of its connection, past its term.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(4);
    private static readonly ForwarderRequestConfig WayOfRequests = Way with { ActivityTimeout = AnswerLimit };

    private readonly HttpMessageInvoker _nodes = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private readonly SiteOwnership _ownership;
    private readonly ScreenDirectory _screens;
    private readonly IHttpForwarder _forwarder;
    private readonly IDataProtector _protector;
    private readonly TimeProvider _time;
    private readonly ILogger<ScreenForwarding> _log;
    private readonly LogLimit<Guid> _complaints;
    private readonly bool _trustNetwork;

    public ScreenForwarding(
        SiteOwnership ownership, ScreenDirectory screens, IHttpForwarder forwarder, IDataProtectionProvider ring,
        IConfiguration configuration, TimeProvider time, ILogger<ScreenForwarding> log)
    {
        (_ownership, _screens, _forwarder, _time, _log) = (ownership, screens, forwarder, time, log);
        _protector = Forwarded.Protector(ring);
        _complaints = new(log, time, most: 3, TimeSpan.FromMinutes(10)); // by screen
        _trustNetwork = configuration.GetValue("Nodes:PrivateNetwork", false);
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.ScreenId() is not { } id || !Paths.Any(p => context.Request.Path.StartsWithSegments(p))
            || _screens.Find(id) is not { } screen)
        {
            await next(context);
            return;
        }
        var wasForwarded = false;
        if (context.Request.Headers[Forwarded.Header].ToString() is { Length: > 0 } header)
        {
            if (Forwarded.Open(header, _protector, id, context.Request.Path, _time.GetUtcNow()) is not { } forwarded)
            {
                if (_complaints.Allows(id))
                {
                    _log.LogWarning(
                        "Screen {ScreenId}: rejected a forwarded request with an invalid seal. Check that all nodes share the key ring "
                        + "and that their clocks agree", id);
                }
                await Results.Problem("The request was not passed on by a node of this installation.", statusCode: 400)
                    .ExecuteAsync(context);
                return;
            }
            Believe(context, forwarded);
            wasForwarded = true;
            // Whoever passed it on has read that the site is this node's: what this one remembers of another owner may be older.
            _ownership.Doubt(screen.SiteId);
        }
        SiteClaim claim;
        try
        {
            claim = await _ownership.ClaimAsync(screen.SiteId, context.RequestAborted);
        }
        catch (NpgsqlException exception)
        {
            await BackPressure.Busy(context, new BusyException("The owner of this site is unknown until the database answers.", exception))
                .ExecuteAsync(context);
            return;
        }
        if (claim.Lease is not null) await ServeAsync(context, next);
        else if (claim.Address is { } address && !wasForwarded) await ForwardAsync(context, screen, address);
        else await TurnAwayAsync(context);
    }

    public void Dispose() => _nodes.Dispose();

    private static async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (SiteLostException) when (!context.Response.HasStarted)
        {
            await TurnAwayAsync(context);
        }
    }

    /// <summary>Tells the screen to retry in a second, when the owner will be known.</summary>
    private static Task TurnAwayAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Results.Problem("Another node owns this site. Try again.", statusCode: StatusCodes.Status503ServiceUnavailable)
            .ExecuteAsync(context);
    }

    /// <summary>
    /// Restores the scheme and client address seen by the first node, so that TLS-only data is judged by the whole route: both the hop to
    /// the first node and the hop between the nodes must have been private.
    /// </summary>
    private void Believe(HttpContext context, Forwarded forwarded)
    {
        var between = context.Request.IsHttps || _trustNetwork
            || (context.Connection.RemoteIpAddress is { } node && IPAddress.IsLoopback(node));
        if (between)
        {
            context.Request.Scheme = forwarded.IsHttps ? "https" : "http";
            context.Connection.RemoteIpAddress = forwarded.Remote;
        }
        else
        {
            context.Request.Scheme = "http";
            if (forwarded.Remote is { } remote && !IPAddress.IsLoopback(remote)) context.Connection.RemoteIpAddress = remote;
        }
    }

    private async Task ForwardAsync(HttpContext context, ScreenEntry screen, Uri address)
    {
        var seal = new Forwarded(screen.Id, context.Request.Path, context.Request.IsHttps, context.Connection.RemoteIpAddress,
            _time.GetUtcNow()).Seal(_protector);
        var connects = context.WebSockets.IsWebSocketRequest;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (connects) limit.CancelAfter(AnswerLimit);
        var error = await _forwarder.SendAsync(
            context, address.ToString(), _nodes, connects ? Way : WayOfRequests, new Sealed(seal, limit), limit.Token);
        // Also when it is not the owner any more, or is busy, and when a screen's connection ends, perhaps because the site has gone: then
        // the database is asked once too often.
        if (error is not ForwarderError.None || connects
            || context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            _ownership.Doubt(screen.SiteId);
        if (error is ForwarderError.None) return;
        if (context.RequestAborted.IsCancellationRequested || (connects && context.Response.HasStarted)) return; // the screen disconnected
        if (_complaints.Allows(screen.Id))
            _log.LogWarning("Screen {ScreenId}: could not forward a request to {Address}: {Error}", screen.Id, address, error);
        if (!context.Response.HasStarted) await TurnAwayAsync(context);
    }

    /// <summary>Forwards a request unchanged, with the sealed header added.</summary>
    /// <param name="seal">The header.</param>
    /// <param name="limit">Limit of the answer's beginning.</param>
    private sealed class Sealed(string seal, CancellationTokenSource limit) : HttpTransformer
    {
        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is not null) limit.CancelAfter(Timeout.InfiniteTimeSpan);
            return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Remove(Forwarded.Header);
            proxyRequest.Headers.TryAddWithoutValidation(Forwarded.Header, seal);
        }
    }
}
