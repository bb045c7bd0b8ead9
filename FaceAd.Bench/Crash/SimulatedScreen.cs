using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Web.Decisions;

namespace FaceAd.Bench.Crash;

/// <summary>A player that reports ride after ride, several requests at a time, and retries each until acknowledged.</summary>
/// <param name="id">The screen.</param>
/// <param name="creatives">The creatives it plays.</param>
/// <param name="decisions">Takes decisions as the server does, under its key.</param>
/// <param name="ledger">Receives what was sent and acknowledged.</param>
/// <param name="random">Source of all random choices.</param>
/// <param name="start">Start of its first ride.</param>
sealed class SimulatedScreen(
    Guid id, IReadOnlyList<Guid> creatives, DecisionSeals decisions, CrashLedger ledger, Random random, DateTimeOffset start) : IDisposable
{
    private const int AtATime = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Reports until stopped, then until every request of the last ride is acknowledged.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="token">Device token of the screen.</param>
    /// <param name="stop">Starts no further ride.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public async Task RunAsync(Uri server, string token, CancellationToken stop, CancellationToken cancellation)
    {
        _http.BaseAddress = server;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        for (var at = start; !stop.IsCancellationRequested;)
        {
            (var requests, at) = SimulatedScene.Make(random, at, creatives, (creative, when) => decisions.Make(id, creative, when));
            LinkedList<SimulatedRequest> waiting = new(requests);
            while (waiting.First is not null)
            {
                List<SimulatedRequest> next = [];
                for (; next.Count < AtATime && waiting.First is { } first; waiting.RemoveFirst()) next.Add(first.Value);
                var taken = await Task.WhenAll(next.Select(r => SendAsync(r, cancellation)));
                for (var i = 0; i < next.Count; i++)
                {
                    // One in forty is abandoned: an unacknowledged fact may or may not be stored.
                    if (!taken[i] && random.Next(40) > 0) waiting.AddFirst(next[i]);
                }
                await Task.Delay(taken.All(t => t) ? Pause / 4 : Pause, cancellation);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> SendAsync(SimulatedRequest request, CancellationToken cancellation)
    {
        try
        {
            return request.Audience is { } report ? await SendAsync(report, cancellation) : await SendAsync(request.Plays, cancellation);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or JsonException
                || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false; // killed: it may or may not have been committed
        }
    }

    private async Task<bool> SendAsync(AudienceReport report, CancellationToken cancellation)
    {
        var key = (report.AudienceId, report.Sequence);
        ledger.Reports[key] = (id, report);
        using var answer = await _http.PostAsJsonAsync(Routes.Audiences, report, cancellation);
        if (!IsTaken(answer)) return false;
        ledger.AcknowledgedReports[key] = true;
        return true;
    }

    private async Task<bool> SendAsync(IReadOnlyList<PlayReport> plays, CancellationToken cancellation)
    {
        foreach (var play in plays) ledger.Plays[play.PlayId] = (id, play);
        using var answer = await _http.PostAsJsonAsync(Routes.Plays, plays, cancellation);
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
