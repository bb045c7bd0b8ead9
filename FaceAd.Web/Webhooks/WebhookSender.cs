using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace FaceAd.Web.Webhooks;

/// <summary>
/// Posts events, each at least once. A delivery is claimed by moving its next attempt into the future, so that other nodes pick it up if
/// this one crashes. Attempts are spaced further and further apart, for two days. A receiver that is slow delays only its own: of those
/// under way, few go to one receiver, few are of one organisation, not all go to one host, and an organisation that has none may always
/// begin one.
/// </summary>
sealed class WebhookSender : BackgroundService
{
    /// <summary>Header with timestamp and signature.</summary>
    public const string SignatureHeader = "FaceAd-Signature";

    // Deliveries under way of this node, which only wait. The first of an organisation needs no room, whoever else is slow.
    private const int AtOnce = 256, ToOneHost = 32, OfOneOrganisation = 8, ToOneReceiver = 2;

    // The oldest of each webhook that are looked at in a cycle.
    private const int Oldest = 8;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceOfAnAddress = TimeSpan.FromSeconds(2);

    private const string Claim = """
        WITH under_way AS (
            SELECT organisation, host FROM unnest($2::uuid[], $3::text[]) AS u (organisation, host)
        ), oldest AS (
            SELECT due.id, due.next_try_at, w.organisation_id AS organisation, split_part(w.url, '/', 3) AS host
            FROM webhooks w CROSS JOIN LATERAL (
                SELECT d.id, d.next_try_at FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.next_try_at <= $1
                ORDER BY d.next_try_at LIMIT $8) due
            WHERE w.paused_at IS NULL
        ), by_receiver AS (
            SELECT o.*, row_number() OVER (PARTITION BY organisation, host ORDER BY next_try_at, id)
                + (SELECT count(*) FROM under_way u WHERE (u.organisation, u.host) = (o.organisation, o.host)) AS number
            FROM oldest o
        ), by_organisation AS (
            SELECT r.id, r.next_try_at, r.host, row_number() OVER (PARTITION BY organisation ORDER BY next_try_at, id)
                + (SELECT count(*) FROM under_way u WHERE u.organisation = r.organisation) AS number
            FROM by_receiver r WHERE r.number <= $7
        ), by_host AS (
            SELECT o.*, row_number() OVER (PARTITION BY host ORDER BY number, next_try_at, id)
                + (SELECT count(*) FROM under_way u WHERE u.host = o.host) AS place
            FROM by_organisation o WHERE o.number <= $6
        ), placed AS (
            SELECT h.id, h.number, row_number() OVER (ORDER BY number, next_try_at, id) + (SELECT count(*) FROM under_way) AS place
            FROM by_host h WHERE h.number = 1 OR h.place <= $5
        ), fitting AS (
            SELECT p.id FROM placed p WHERE p.number = 1 OR p.place <= $4
        ), claimed AS (
            SELECT d.id FROM webhook_deliveries d WHERE d.id IN (SELECT id FROM fitting) AND d.next_try_at <= $1 FOR UPDATE SKIP LOCKED
        )
        UPDATE webhook_deliveries d SET tries = d.tries + 1, next_try_at = $1::timestamptz + interval '1 minute'
        FROM claimed JOIN webhook_deliveries c USING (id) JOIN webhooks w ON w.id = c.webhook_id WHERE d.id = claimed.id
        RETURNING d.id, d.event, d.payload::text, d.tries, w.url, w.protected_secret, w.organisation_id
        """;

    /// <summary>Delay after each failed attempt.</summary>
    internal static IReadOnlyList<TimeSpan> Delays { get; } =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(6), TimeSpan.FromHours(15), TimeSpan.FromHours(24),
    ];

    private readonly NpgsqlDataSource _database;
    private readonly IDataProtector _protector;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookSender> _log;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _ended = new(0);
    private readonly List<(Due Due, Task Sending)> _underWay = []; // of the loop alone

    public WebhookSender(
        NpgsqlDataSource database, IDataProtectionProvider protection, WebhookOptions options, TimeProvider time,
        ILogger<WebhookSender> log)
    {
        (_database, _protector, _time, _log) = (database, WebhookService.Protector(protection), time, log);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, options.AllowPrivate, cancellation),
        })
        { Timeout = Patience, MaxResponseContentBufferSize = 16 * 1024 };
    }

    /// <summary>Signature of a body: HMAC-SHA256 over timestamp, a dot and the body, in hexadecimal digits.</summary>
    /// <param name="secret">The webhook's secret.</param>
    /// <param name="unixSeconds">Timestamp of the signature.</param>
    /// <param name="body">The body.</param>
    public static string Sign(string secret, long unixSeconds, string body)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{unixSeconds}.{body}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Whether an address may be called: not one of this machine or of a private network.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return false;
        var b = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? b[0] is not (0 or 10 or 127) and < 224 && !(b[0] == 172 && b[1] is >= 16 and < 32) && !(b[0] == 192 && b[1] == 168)
                && !(b[0] == 169 && b[1] == 254) && !(b[0] == 100 && b[1] is >= 64 and < 128) && !(b[0] == 192 && b[1] == 0 && b[2] == 0)
                && !(b[0] == 198 && b[1] is 18 or 19)
            : address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal && !address.IsIPv6SiteLocal
                && !address.IsIPv6UniqueLocal
                && !address.IsIPv6Multicast && (b[0] & 0xE0) == 0x20 && !(b[0] == 0x20 && b[1] == 0x02); // global unicast only, and no 6to4
    }

    public override void Dispose()
    {
        _http.Dispose();
        _ended.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await StartDueAsync(stoppingToken) > 0)
                {
                }
                await _ended.WaitAsync(Period, stoppingToken);
                while (_ended.Wait(0, CancellationToken.None))
                {
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
            {
                if (stoppingToken.IsCancellationRequested) break;
                _log.LogWarning("Could not read pending webhook deliveries ({Reason}); will retry", exception.Message);
                await Task.Delay(Period, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(_underWay.Select(u => u.Sending)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Sends due deliveries, a limited number, and waits until all under way have ended.</summary>
    /// <returns>How many were started.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        var started = await StartDueAsync(cancellation);
        await Task.WhenAll(_underWay.Select(u => u.Sending));
        return started;
    }

    /// <summary>Starts due deliveries beside those under way, as far as there is room.</summary>
    /// <returns>How many were started.</returns>
    internal async Task<int> StartDueAsync(CancellationToken cancellation)
    {
        foreach (var (_, ended) in _underWay.Where(u => u.Sending.IsFaulted))
        {
            _log.LogWarning(
                "The end of a webhook delivery could not be stored ({Reason}); it is sent again", ended.Exception!.InnerException!.Message);
        }
        _underWay.RemoveAll(u => u.Sending.IsCompleted);
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        var due = await connection.QueryAsync(
            Claim,
            [_time.GetUtcNow(), _underWay.ConvertAll(u => u.Due.Organisation).ToArray(), _underWay.ConvertAll(u => u.Due.Host).ToArray(),
                AtOnce, ToOneHost, OfOneOrganisation, ToOneReceiver, Oldest],
            r => new Due(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetString(4), r.GetString(5), r.GetGuid(6)),
            cancellation);
        // In order of occurrence; they may overtake one another.
        foreach (var one in due.OrderBy(d => d.Id)) _underWay.Add((one, SendAsync(one, cancellation)));
        return due.Count;
    }

    private async Task SendAsync(Due due, CancellationToken cancellation)
    {
        try
        {
            await TryAsync(due, cancellation);
        }
        finally
        {
            _ended.Release();
        }
    }

    private async Task TryAsync(Due due, CancellationToken cancellation)
    {
        var (status, error) = await PostAsync(due, cancellation);
        var now = _time.GetUtcNow();
        var arrived = status is >= 200 and < 300;
        DateTimeOffset? next = arrived || due.Tries > Delays.Count ? null : now + Delays[due.Tries - 1];
        if (!arrived && next is null)
            _log.LogWarning("Gave up delivering event {Event} after {Tries} attempts ({Reason})", due.Event, due.Tries, error);
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            "UPDATE webhook_deliveries SET delivered_at = $2, next_try_at = $3, last_status = $4, last_error = $5 WHERE id = $1",
            [due.Id, arrived ? now : null, next, status, error is null ? null : StorableText.Cut(error, 200)], cancellation);
    }

    private async Task<(int? Status, string? Error)> PostAsync(Due due, CancellationToken cancellation)
    {
        try
        {
            var at = _time.GetUtcNow().ToUnixTimeSeconds();
            using var request = new HttpRequestMessage(HttpMethod.Post,
                due.Url)
            { Content = new StringContent(due.Payload, Encoding.UTF8, "application/json") };
            request.Headers.Add(SignatureHeader,
                string.Create(CultureInfo.InvariantCulture, $"t={at},v1={Sign(_protector.Unprotect(due.Secret), at, due.Payload)}"));
            request.Headers.Add("FaceAd-Delivery", due.Id.ToString());
            request.Headers.UserAgent.ParseAdd("FaceAd-Webhooks/1");
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var status = (int)answer.StatusCode;
            return (status, answer.IsSuccessStatusCode ? null : $"The receiver answered {status}.");
        }
        catch (Exception exception)
            when (exception is HttpRequestException or CryptographicException
                || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (null, exception is OperationCanceledException ? "The receiver did not answer within 10 seconds." : exception.Message);
        }
    }

    // Checked here, on the address actually connected to: the name could resolve differently a moment later.
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint where, bool allowPrivate, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(where.Host, cancellation);
        var allowed = Array.FindAll(addresses, a => allowPrivate || IsPublic(a));
        return allowed is [] ? throw new HttpRequestException($"{where.Host} is not a public address.")
            : await ConnectToAnyAsync(allowed, where.Port, cancellation);
    }

    /// <summary>Connects to the first address that accepts: a name may have one that is not reached from here.</summary>
    internal static async Task<Stream> ConnectToAnyAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (i + 1 < addresses.Count) patience.CancelAfter(PatienceOfAnAddress);
            try
            {
                await socket.ConnectAsync(addresses[i], port, patience.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception exception)
            {
                socket.Dispose();
                var isOver = i + 1 == addresses.Count || cancellation.IsCancellationRequested;
                if (isOver || exception is not (SocketException or OperationCanceledException)) throw;
            }
        }
    }

    private readonly record struct Due(Guid Id, string Event, string Payload, int Tries, string Url, string Secret, Guid Organisation)
    {
        /// <summary>What is between the slashes of its address, as PostgreSQL splits it.</summary>
        public string Host => Url.Split('/')[2];
    }
}
