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
/// this one crashes. Attempts are spaced further and further apart, for two days.
/// </summary>
sealed class WebhookSender : BackgroundService
{
    /// <summary>Header with timestamp and signature.</summary>
    public const string SignatureHeader = "FaceAd-Signature";

    private const int AtOnce = 8;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

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
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        do
        {
            try
            {
                while (await RunCycleAsync(stoppingToken) == AtOnce)
                {
                }
            }
            catch (NpgsqlException exception)
            {
                _log.LogWarning("Could not read pending webhook deliveries ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Sends due deliveries, a limited number at a time.</summary>
    /// <returns>How many were attempted.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        List<Due> due;
        await using (var connection = await _database.OpenConnectionAsync(cancellation))
        {
            due = await connection.QueryAsync("""
                UPDATE webhook_deliveries d SET tries = d.tries + 1, next_try_at = $1::timestamptz + interval '1 minute'
                FROM webhooks w WHERE w.id = d.webhook_id AND d.id IN (
                    SELECT due.id FROM webhook_deliveries due WHERE due.next_try_at <= $1
                        AND NOT EXISTS (SELECT 1 FROM webhooks held WHERE held.id = due.webhook_id AND held.paused_at IS NOT NULL)
                    ORDER BY due.next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                RETURNING d.id, d.event, d.payload::text, d.tries, w.url, w.protected_secret
                """, [now, AtOnce],
                r => new Due(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetString(4), r.GetString(5)), cancellation);
        }
        // Started in order of occurrence; they may overtake one another.
        await Task.WhenAll(due.OrderBy(d => d.Id).Select(d => SendAsync(d, cancellation)));
        return due.Count;
    }

    private async Task SendAsync(Due due, CancellationToken cancellation)
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
        var address = Array.Find(addresses, a => allowPrivate || IsPublic(a))
            ?? throw new HttpRequestException($"{where.Host} is not a public address.");
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, where.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private readonly record struct Due(Guid Id, string Event, string Payload, int Tries, string Url, string Secret);
}
