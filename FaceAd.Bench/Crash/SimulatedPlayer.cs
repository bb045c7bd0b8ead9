using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Web.Decisions;

namespace FaceAd.Bench.Crash;

/// <summary>
/// A player that reports ride after ride, several requests at a time, and retries each until acknowledged. It lives faster than the clock
/// and may not report the future, so after a day it goes on as another screen.
/// </summary>
/// <param name="screens">The screens that it is, one after the other, and their tokens.</param>
/// <param name="creatives">The creatives it plays.</param>
/// <param name="decisions">Takes decisions as the server does, under its key.</param>
/// <param name="ledger">Receives what was sent and acknowledged.</param>
/// <param name="random">Source of all random choices.</param>
/// <param name="start">Start of each screen's first ride, a day ago at the latest.</param>
sealed class SimulatedPlayer(
    IReadOnlyList<(Guid Id, string Token)> screens, IReadOnlyList<Guid> creatives, DecisionSeals decisions, CrashLedger ledger,
    Random random, DateTimeOffset start) : IDisposable
{
    private const int AtATime = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(22);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly PlayerKeys _keys = new();

    /// <summary>How far its clock is ahead of the server's; the server bears up to half a minute.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Reports until stopped, then until every request of the last ride is acknowledged.</summary>
    /// <param name="server">Asked before each request: address of the server, or of one of several.</param>
    /// <param name="stop">Starts no further ride.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <exception cref="InvalidOperationException">It has been every screen for a day.</exception>
    public async Task RunAsync(Func<Uri> server, CancellationToken stop, CancellationToken cancellation)
    {
        foreach (var screen in screens)
        {
            for (var at = start; at < start + Lifetime;)
            {
                if (stop.IsCancellationRequested) return;
                (var requests, at) = SimulatedScene.Make(
                    random, at, creatives, (creative, when) => decisions.Make(screen.Id, creative, when - ClockAhead));
                await DeliverAsync(server, screen, requests, cancellation);
            }
        }
        throw new InvalidOperationException("A player has used up its screens.");
    }

    public void Dispose() => _http.Dispose();

    private async Task DeliverAsync(
        Func<Uri> server, (Guid Id, string Token) screen, List<SimulatedRequest> requests, CancellationToken cancellation)
    {
        LinkedList<SimulatedRequest> waiting = new(requests);
        while (waiting.First is not null)
        {
            List<SimulatedRequest> next = [];
            for (; next.Count < AtATime && waiting.First is { } first; waiting.RemoveFirst()) next.Add(first.Value);
            var taken = await Task.WhenAll(next.Select(r => SendAsync(server(), screen, r, cancellation)));
            for (var i = 0; i < next.Count; i++)
            {
                // One in forty is abandoned: an unacknowledged fact may or may not be stored.
                if (!taken[i] && random.Next(40) > 0) waiting.AddFirst(next[i]);
            }
            await Task.Delay(taken.All(t => t) ? Pause / 4 : Pause, cancellation);
        }
    }

    private async Task<bool> SendAsync(
        Uri server, (Guid Id, string Token) screen, SimulatedRequest request, CancellationToken cancellation)
    {
        try
        {
            return request.Audience is { } report
                ? await SendAsync(server, screen, report, cancellation) : await SendAsync(server, screen, request.Plays, cancellation);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or JsonException
                || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false; // killed: it may or may not have been committed
        }
    }

    private async Task<bool> SendAsync(
        Uri server, (Guid Id, string Token) screen, AudienceReport report, CancellationToken cancellation)
    {
        var key = (report.AudienceId, report.Sequence);
        ledger.Reports[key] = (screen.Id, report);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, Routes.Audiences))
        {
            Content = JsonContent.Create(report),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", screen.Token);
        using var answer = await _http.SendAsync(request, cancellation);
        if (!IsTaken(answer)) return false;
        ledger.AcknowledgedReports[key] = true;
        return true;
    }

    private async Task<bool> SendAsync(
        Uri server, (Guid Id, string Token) screen, IReadOnlyList<PlayReport> plays, CancellationToken cancellation)
    {
        foreach (var play in plays) ledger.Plays[play.PlayId] = (screen.Id, play);
        using var answer = await PlayPost.SendAsync(
            _http, server, screen.Token, _keys.Sign(screen.Id, plays), cancellation);
        if (!IsTaken(answer)) return false;
        var receipt = await answer.Content.ReadFromJsonAsync<PlayReceipt>(cancellation);
        if (receipt is null || receipt.Refused.Count > 0 || receipt.Accepted + receipt.Known != plays.Count)
            ledger.Faults.Add($"The receipt of {plays.Count} plays is {receipt}.");
        foreach (var play in plays) ledger.AcknowledgedPlays[play.PlayId] = true;
        return true;
    }

    // A busy server, or one without its database, may fail in several ways, but must not reject a valid report.
    private bool IsTaken(HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.OK) return true;
        if ((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests)
            ledger.Faults.Add($"A valid report was answered with {(int)answer.StatusCode}.");
        return false;
    }
}
