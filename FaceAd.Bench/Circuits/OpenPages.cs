using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceAd.Bench.Circuits;

/// <summary>A headless Chromium with many pages of one user, driven over the DevTools protocol.</summary>
sealed class OpenPages : IAsyncDisposable
{
    readonly Process _process;
    readonly string _profile;
    readonly ClientWebSocket _socket = new();
    readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _asked = new();
    readonly SemaphoreSlim _sending = new(1, 1);
    int _number;

    OpenPages(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Chromium's headless shell where available, which needs a third less per page; otherwise the full browser.</summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("FACEAD_CHROMIUM")
        ?? new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists)
        ?? "chromium";

    /// <summary>Starts Chromium.</summary>
    /// <param name="profile">Profile folder; created, and removed at the end.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="IOException">Chromium did not start.</exception>
    public static async Task<OpenPages> StartAsync(string profile, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(
            Program,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--renderer-process-limit=8", "--disable-background-timer-throttling",
                "--disable-renderer-backgrounding", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        var pages = new OpenPages(Process.Start(start) ?? throw new IOException("Chromium did not start."), profile);
        pages._process.OutputDataReceived += (_, _) => { };
        pages._process.BeginOutputReadLine();
        var address = new TaskCompletionSource<string>();
        pages._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) address.TrySetException(new IOException("Chromium ended at its start."));
            else if (line.Data.IndexOf("ws://", StringComparison.Ordinal) is >= 0 and var at) address.TrySetResult(line.Data[at..].Trim());
        };
        pages._process.BeginErrorReadLine();
        await pages._socket.ConnectAsync(new Uri(await address.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellation)), cancellation);
        _ = pages.ReceiveAsync();
        return pages;
    }

    /// <summary>Sets a cookie for all pages.</summary>
    public Task SetCookieAsync(Uri address, string name, string value, CancellationToken cancellation) =>
        AskAsync(
            "Storage.setCookies",
            new JsonObject
            {
                ["cookies"] =
                new JsonArray(new JsonObject { ["name"] = name, ["value"] = value, ["url"] = address.ToString() })
            }, cancellation);

    /// <summary>Opens a page without waiting for it to load.</summary>
    /// <returns>Id of the page.</returns>
    public async Task<string> OpenAsync(Uri address, CancellationToken cancellation) =>
        (await AskAsync("Target.createTarget", new JsonObject { ["url"] = address.ToString(), ["background"] = true }, cancellation))?[
            "targetId"]?.GetValue<string>()
            ?? throw new IOException("Chromium did not open a page.");

    /// <summary>Closes a page.</summary>
    public Task CloseAsync(string page, CancellationToken cancellation) =>
        AskAsync("Target.closeTarget", new JsonObject { ["targetId"] = page }, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _socket.Dispose();
        _sending.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A child of Chromium is still writing; the profile is in a temporary folder anyway.
        }
    }

    async Task<JsonNode?> AskAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _number);
        var asked = _asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters });
        await _sending.WaitAsync(cancellation);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, true, cancellation);
        }
        finally
        {
            _sending.Release();
        }
        return await asked.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellation);
    }

    async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                WebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer, default);
                    if (part.MessageType == WebSocketMessageType.Close) throw new IOException("Chromium closed the connection.");
                    message.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);
                var answer = JsonNode.Parse(message.ToArray());
                if (answer?["id"]?.GetValue<int>() is not { } id || !_asked.TryRemove(id, out var asked)) continue; // an event
                if (answer["error"] is { } error) asked.TrySetException(new IOException($"Chromium refused: {error.ToJsonString()}"));
                else asked.TrySetResult(answer["result"]?.DeepClone());
            }
        }
        catch (Exception exception)
        {
            foreach (var asked in _asked.Values) asked.TrySetException(exception);
        }
    }
}
