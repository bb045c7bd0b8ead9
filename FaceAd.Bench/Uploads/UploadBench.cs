using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using FaceAd.Bench.Crash;
using FaceAd.Core;
using FaceAd.Demo;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Bench.Uploads;

/// <summary>A web server in a separate process, a client that uploads to it, and measurement of its memory.</summary>
sealed partial class UploadBench : IAsyncDisposable
{
    /// <summary>Length of a chunk, as the page sends them.</summary>
    public const int Piece = 8 * 1024 * 1024;

    readonly EmbeddedPostgres _postgres;
    readonly NpgsqlDataSource _database;
    readonly WebProcess _web;
    readonly HttpClient _http;
    readonly Guid _campaign;
    string _token = "";
    Guid _last;

    UploadBench(EmbeddedPostgres postgres, NpgsqlDataSource database, WebProcess web, Guid campaign)
    {
        (_postgres, _database, _web, _campaign) = (postgres, database, web, campaign);
        _http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() })
        {
            BaseAddress = web.Address,
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    /// <summary>Creates a video of about this many megabytes that decodes in seconds: hardly compressed noise.</summary>
    public static async Task MakeVideoAsync(string path, int megabytes, CancellationToken cancellation)
    {
        var limit = (megabytes * 1048576L).ToString(CultureInfo.InvariantCulture);
        var made = await Cli.Wrap("ffmpeg").WithArguments(
        [
            "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", "1280x720", "-framerate", "10",
            "-i", "/dev/urandom",
            "-t", "55", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-fs", limit, path,
        ]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellation);
        if (made.ExitCode != 0) throw new InvalidOperationException($"ffmpeg could not create the video: {made.StandardError.Trim()}");
    }

    /// <summary>Starts database and server, with a draft campaign to upload to.</summary>
    public static async Task<UploadBench> StartAsync(string folder, string modules, string models, CancellationToken cancellation)
    {
        var postgres = await EmbeddedPostgres.StartAsync(Path.Combine(folder, "postgres"), Repository.PostgresIn(modules), cancellation);
        var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        var data = Path.Combine(folder, "data");
        var web = new WebProcess(typeof(DataFolder).Assembly.Location, new Dictionary<string, string>
        {
            ["ConnectionStrings:FaceAd"] = postgres.ConnectionString,
            ["Data:Folder"] = data,
            ["Models:Folder"] = models,
            ["Media:UnfinishedUploads"] = "1000",
            ["Media:UnfinishedBytes"] = "1000000000000",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        await web.ReadyAsync(cancellation);
        var campaign = await AddDraftAsync(database, cancellation);
        var bench = new UploadBench(postgres, database, web, campaign);
        var account = (await File.ReadAllTextAsync(Path.Combine(data, "first-admin.txt"), cancellation)).Trim().Split(' ');
        if (await SmokeCommand.SignInAsync(bench._http, account[0], account[1], cancellation) is { } problem)
            throw new InvalidOperationException(problem);
        bench._token = WebUtility.HtmlDecode(
            TokenField().Match(await bench._http.GetStringAsync("campaigns", cancellation)).Groups[1].Value);
        return bench;
    }

    /// <summary>Runs an action, and returns its seconds, the server's memory before it, and the peak.</summary>
    public async Task<(double Seconds, long Before, long Peak)> MeasureAsync(Func<Task> act, CancellationToken cancellation)
    {
        await CancelAllAsync(cancellation);
        var before = Resident();
        var peak = before;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var eye = Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    peak = Math.Max(peak, Resident());
                    await Task.Delay(20, CancellationToken.None);
                }
            }, cancellation);
        var clock = Stopwatch.StartNew();
        await act();
        var seconds = clock.Elapsed.TotalSeconds;
        await over.CancelAsync();
        await eye;
        return (seconds, before, peak);
    }

    /// <summary>Uploads the same bytes in one plain request, aborted after the last byte: what would follow is the re-encode.</summary>
    public async Task OneRequestAsync(string video, CancellationToken cancellation)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var file = File.OpenRead(video);
        await using var told = new ProgressStream(file, given.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post,
            $"api/campaigns/{_campaign}/creatives?name=video.mp4")
        { Content = new StreamContent(told, 131072) };
        request.Headers.Add("X-CSRF-TOKEN", _token);
        try
        {
            using var answer = await _http.SendAsync(request, given.Token);
            throw new InvalidOperationException($"The upload ended early: {(int)answer.StatusCode}.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Everything has been sent.
        }
    }

    /// <summary>Uploads the video in chunks, over a connection that is cut a number of times.</summary>
    public async Task PiecesAsync(string video, long piece, int cuts, CancellationToken cancellation)
    {
        var bytes = new FileInfo(video).Length;
        using var begin = Request(HttpMethod.Post, "api/uploads");
        begin.Headers.Add("Upload-Length", bytes.ToString(CultureInfo.InvariantCulture));
        begin.Headers.Add("Upload-Metadata", $"campaign {Base64(_campaign.ToString())},filename {Base64("video.mp4")}");
        using var begun = await _http.SendAsync(begin, cancellation);
        if (begun.StatusCode != HttpStatusCode.Created)
            throw new InvalidOperationException($"The upload did not start: {await begun.Content.ReadAsStringAsync(cancellation)}");
        var place = begun.Headers.Location!.OriginalString;
        var cutAt = Enumerable.Range(1, cuts).Select(i => bytes * i / (cuts + 1)).ToList();
        for (var offset = 0L; offset < bytes;)
        {
            await using var file = File.OpenRead(video);
            file.Seek(offset, SeekOrigin.Begin);
            var length = Math.Min(piece, bytes - offset);
            var cut = cutAt.Count > 0 && cutAt[0] < offset + length ? Math.Max(1, cutAt[0] - offset) : long.MaxValue;
            using var patch = Request(HttpMethod.Patch, place);
            patch.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
            patch.Content = new StreamContent(new PieceStream(file, length, cut),
                131072)
            { Headers = { ContentType = new("application/offset+octet-stream"), ContentLength = length } };
            try
            {
                using var taken = await _http.SendAsync(patch, cancellation);
                // Data of a cut connection may still have been in flight: query the offset again, as the protocol requires.
                if (taken.StatusCode == HttpStatusCode.Conflict) offset = await StandsAsync(place, cancellation);
                else if (taken.StatusCode == HttpStatusCode.NoContent)
                    offset = long.Parse(taken.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
                else throw new InvalidOperationException($"A chunk was not accepted: {(int)taken.StatusCode}.");
            }
            catch (HttpRequestException) when (cut < long.MaxValue)
            {
                cutAt.RemoveAt(0);
                offset = await StandsAsync(place, cancellation);
            }
        }
        _last = Guid.Parse(place.Split('/')[^1]);
    }

    /// <summary>Waits until the last chunked upload is ready.</summary>
    public async Task<string> LastCreativeAsync(CancellationToken cancellation)
    {
        await using var db = CrashCheck.NewContext(_database);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(10); await Task.Delay(200, cancellation))
        {
            var upload = await db.Set<CreativeUpload>().AsNoTracking().SingleAsync(u => u.Id == _last, cancellation);
            if (upload.State is UploadState.Done or UploadState.Failed)
                return upload.Failure?.ToString()
                    ?? "a video of "
                        + (await db.Creatives.SingleAsync(c => c.Id == upload.CreativeId, cancellation)).Seconds.ToString("0.0",
                            CultureInfo.InvariantCulture) + " s";
        }
        throw new TimeoutException("The video did not become ready.");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _web.DisposeAsync();
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>Deletes finished uploads, so that no re-encode runs during the next measurement.</summary>
    async Task CancelAllAsync(CancellationToken cancellation)
    {
        await using var db = CrashCheck.NewContext(_database);
        foreach (var id in await db.Set<CreativeUpload>().Where(u => u.State <= UploadState.Working).Select(u => u.Id)
            .ToListAsync(cancellation))
        {
            using var ended = await _http.SendAsync(Request(HttpMethod.Delete, $"api/uploads/{id}"), cancellation);
        }
    }

    async Task<long> StandsAsync(string place, CancellationToken cancellation)
    {
        using var stands = await _http.SendAsync(Request(HttpMethod.Head, place), cancellation);
        return long.Parse(stands.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
    }

    HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, path) { Headers = { { "Tus-Resumable", "1.0.0" }, { "X-CSRF-TOKEN", _token } } };

    long Resident()
    {
        foreach (var line in File.ReadLines($"/proc/{_web.ProcessId.ToString(CultureInfo.InvariantCulture)}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return 1024 * long.Parse(line[6..^2], NumberStyles.AllowLeadingWhite
                    | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        return 0;
    }

    static async Task<Guid> AddDraftAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var db = CrashCheck.NewContext(database);
        var advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = now };
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var campaign = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = "Large",
            StartsOn = day,
            EndsOn = day.AddDays(9),
            Targets = [Segment.Silver],
            BudgetKrw = 1_000_000,
            CreatedAt = now,
        };
        db.AddRange(advertiser, campaign);
        await db.SaveChangesAsync(cancellation);
        return campaign.Id;
    }

    static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
