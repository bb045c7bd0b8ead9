using System.Diagnostics;
using System.Reflection;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAd.Bench.Circuits;

/// <summary>
/// Hosts the real web app in this process, so that its heap can be collected and measured; the product itself offers no way to do so.
/// </summary>
sealed class HostedWeb : IAsyncDisposable
{
    static readonly TimeSpan KeptForReturn = TimeSpan.FromSeconds(5);
    readonly IHost _host;
    readonly Task _run;

    HostedWeb(IHost host, Task run, Uri address) => (_host, _run, Address) = (host, run, address);

    /// <summary>Address of the web app.</summary>
    public Uri Address { get; }

    /// <summary>Services of the web app.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts the web app with its own database and waits until it responds.</summary>
    /// <param name="folder">Empty data folder.</param>
    /// <param name="models">Folder of prepared models.</param>
    /// <param name="nodeModules">The node_modules folder, which contains PostgreSQL.</param>
    /// <param name="port">Port to listen on.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="InvalidOperationException">The web app did not start.</exception>
    public static async Task<HostedWeb> StartAsync(
        string folder, string models, string nodeModules, int port, CancellationToken cancellation)
    {
        var address = new Uri($"http://127.0.0.1:{port}/");
        string[] args =
        [
            "--applicationName=FaceAd.Web", "--environment=Production", $"--urls={address}", $"--Data:Folder={folder}",
            $"--Models:Folder={models}", $"--Postgres:Folder={Repository.PostgresIn(nodeModules)}", "--Logging:LogLevel:Default=Warning",
            "--Accounts:PagesPerPerson=10000", // one person opens them all
            "--Logging:Console:LogToStandardErrorThreshold=Trace", // standard output belongs to the command
        ];
        using var built = new HostBuilt();
        var entry = typeof(DataFolder).Assembly.EntryPoint ?? throw new InvalidOperationException("The web app has no entry point.");
        var run = Task.Factory.StartNew(() =>
            Enter(entry, args, built), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var first = await Task.WhenAny(built.Host, run);
        if (first == run)
        {
            await run;
            throw new InvalidOperationException("The web app did not start: it has said why.");
        }
        var host = await built.Host;
        // A page killed with its process does not disconnect; the server would keep computing for it for minutes.
        host.Services.GetRequiredService<IOptions<CircuitOptions>>().Value.DisconnectedCircuitRetentionPeriod = KeptForReturn;
        var started = new TaskCompletionSource();
        await using (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult))
        {
            if (await Task.WhenAny(started.Task, run) == run) await run;
        }
        return new HostedWeb(host, run, address);
    }

    /// <summary>Bytes of the managed heap that survive full collections.</summary>
    public static long CollectedHeap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    public async ValueTask DisposeAsync()
    {
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _run;
    }

    static void Enter(MethodInfo entry, string[] args, HostBuilt built)
    {
        built.Watch();
        try
        {
            entry.Invoke(null, [args]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            throw new InvalidOperationException($"The web app did not start: {inner.Message}", inner);
        }
    }

    /// <summary>Captures the host that the entry point builds, as test servers do.</summary>
    sealed class HostBuilt : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly List<IDisposable> _subscriptions = [];

        public Task<IHost> Host => _host.Task;

        public void Watch() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting") _subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilt", Value: IHost host }) _host.TrySetResult(host);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            foreach (var subscription in _subscriptions) subscription.Dispose();
        }
    }
}
