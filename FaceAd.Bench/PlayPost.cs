using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAd.Core;

namespace FaceAd.Bench;

/// <summary>Posts play reports as a player does: signed, see <see cref="PlayerKeys"/>.</summary>
static class PlayPost
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Posts once.</summary>
    /// <param name="http">The client.</param>
    /// <param name="server">Address of the server.</param>
    /// <param name="token">Device token of the screen.</param>
    /// <param name="plays">At most <see cref="PlayReport.MaxBatch"/> plays.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, Uri server, string token, IReadOnlyList<PlayReport> plays, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, Routes.Plays))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(plays, JsonSerializerOptions.Web)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, cancellation);
    }

    /// <summary>Posts until the server has taken them, like an outbox: after no answer, 429 or 503, again.</summary>
    /// <param name="http">The client.</param>
    /// <param name="server">Address of the server.</param>
    /// <param name="token">Device token of the screen.</param>
    /// <param name="plays">At most <see cref="PlayReport.MaxBatch"/> plays.</param>
    /// <param name="patience">How long to try.</param>
    /// <param name="cancellation">Cancels the attempts.</param>
    /// <exception cref="TimeoutException">The server did not take them in time.</exception>
    /// <exception cref="InvalidOperationException">The server answered what no player should get.</exception>
    public static async Task<PlayReceipt> UntilTakenAsync(
        HttpClient http, Uri server, string token, IReadOnlyList<PlayReport> plays, TimeSpan patience, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < patience)
        {
            try
            {
                using var answer = await SendAsync(http, server, token, plays, cancellation);
                if (answer.StatusCode == HttpStatusCode.OK) return (await answer.Content.ReadFromJsonAsync<PlayReceipt>(cancellation))!;
                if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                    throw new InvalidOperationException($"A play report was answered with {(int)answer.StatusCode}.");
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                // The server is away, or starts again.
            }
            await Task.Delay(Pause, cancellation);
        }
        throw new TimeoutException($"The server took no play reports for {patience.TotalSeconds:0} s.");
    }
}
