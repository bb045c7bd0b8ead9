using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FaceAd.Web.Hosting;
using Npgsql;
using static FaceAd.Web.Data.PostgresProgram;

namespace FaceAd.Web.Data;

/// <summary>
/// An embedded PostgreSQL server, in a folder of the data folder. It listens on a loopback port with a password
/// generated at set-up, and stops with the process that started it. PostgreSQL refuses to run as root, so under root it runs as an
/// unprivileged account.
/// </summary>
sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private const int LinesKept = 3;
    private static readonly string[] Passing = ["shared memory", "lock file", "TCP/IP", "could not bind"];

    // The backends of a killed server end only when they notice; until then a new server is refused their shared memory.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);
    private readonly string _folder;
    private readonly string _bin;
    private readonly string _adminPassword;
    private readonly string _appPassword;
    private readonly IReadOnlyList<string> _settings;
    private volatile int _port = LoopbackPort.Free();
    private volatile Process? _process;
    private volatile bool _ready;
    private volatile bool _stopping;
    private volatile string? _ending;
    private volatile int _endings;
    private readonly ConcurrentQueue<string> _lastLines = new();

    private EmbeddedPostgres(string bin, string folder, IReadOnlyList<string> settings)
    {
        (_bin, _folder, _settings) = (bin, folder, settings);
        _adminPassword = PostgresRoles.PasswordIn(Path.Combine(folder, PostgresRoles.AdminFile));
        _appPassword = PostgresRoles.PasswordIn(Path.Combine(folder, PostgresRoles.AppFile));
    }

    /// <summary>How the app connects: as the owner of its database.</summary>
    public string ConnectionString => Connection(PostgresRoles.App, _appPassword).ConnectionString;

    /// <summary>How to connect as the superuser.</summary>
    public string AdminConnectionString => Connection(PostgresRoles.Admin, _adminPassword).ConnectionString;

    /// <summary>Process id of the server.</summary>
    public int ProcessId => _process?.Id ?? 0;

    private string Cluster => Path.Combine(_folder, "cluster");

    /// <summary>Starts the server, creating its database cluster on the first start.</summary>
    /// <param name="folder">Folder of the cluster; created if missing.</param>
    /// <param name="programs">Folder of PostgreSQL's <c>bin</c>, <c>lib</c> and <c>share</c>.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="StartException">The message is one line for the operator.</exception>
    public static Task<EmbeddedPostgres> StartAsync(string folder, string programs, CancellationToken cancellation = default) =>
        StartAsync(folder, programs, [], cancellation);

    /// <summary>Starts the server, creating its database cluster on the first start.</summary>
    /// <param name="folder">Folder of the cluster; created if missing.</param>
    /// <param name="programs">Folder of PostgreSQL's <c>bin</c>, <c>lib</c> and <c>share</c>.</param>
    /// <param name="settings">Settings for this start, such as <c>archive_mode=on</c>.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="StartException">The message is one line for the operator.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        string folder, string programs, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        folder = Path.GetFullPath(folder);
        programs = Path.TrimEndingDirectorySeparator(Path.GetFullPath(programs));
        var bin = BinOf(programs);
        RestoreLinks(programs);
        var cluster = Path.Combine(folder, "cluster");
        var passwordFile = Path.Combine(folder, PostgresRoles.AdminFile);
        await PostgresCluster.MakeFolderAsync(folder, bin, cancellation);
        if (!IsIn(folder)) await PostgresCluster.InitialiseAsync(bin, cluster, passwordFile, cancellation);
        StopLeftOver(cluster);

        var server = new EmbeddedPostgres(bin, folder, settings);
        try
        {
            server.Keep();
            await server.WaitUntilReadyAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a folder has a database cluster.</summary>
    /// <param name="folder">Folder of the cluster.</param>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, "cluster", "PG_VERSION"));

    /// <summary>The server that another program has started in a folder, and stops; null when none is running.</summary>
    /// <param name="folder">Folder of the cluster.</param>
    public static EmbeddedPostgres? FindRunning(string folder)
    {
        var cluster = Path.Combine(Path.GetFullPath(folder), "cluster");
        var pidFile = Path.Combine(cluster, "postmaster.pid");
        if (!File.Exists(pidFile) || File.ReadAllLines(pidFile) is not [var process, _, _, var port, ..]) return null;
        if (!int.TryParse(process, out var pid) || !IsServerOf(cluster, pid)) return null;
        return new EmbeddedPostgres("", folder, []) { _port = int.Parse(port, CultureInfo.InvariantCulture) };
    }

    /// <summary>Kills the server immediately, like a power cut. For recovery tests.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false } process) Signal(process.Id, 9);
    }

    /// <summary>Leaves the server running and stops supervising it. For tests of what a killed program leaves behind.</summary>
    internal void Abandon() => _stopping = true;

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        NpgsqlConnection.ClearAllPools();
        if (_process is { HasExited: false } process)
        {
            Signal(process.Id, 2); // SIGINT: fast shutdown. setpriv replaces itself with the server, so the id is the server's.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
            }
        }
    }

    /// <summary>
    /// A server that outlived a killed parent still holds the cluster and must be stopped first. After a power cut the process id in its
    /// file may belong to an unrelated process, which is left alone; the file is deleted, because the new server would take that process
    /// for a running server and refuse to start.
    /// </summary>
    private static void StopLeftOver(string cluster)
    {
        var pidFile = Path.Combine(cluster, "postmaster.pid");
        if (!File.Exists(pidFile)) return;
        if (!int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), out var pid) || !IsServerOf(cluster, pid))
        {
            File.Delete(pidFile);
            return;
        }
        Signal(pid, 2);
        for (var clock = Stopwatch.StartNew(); IsServerOf(cluster, pid); Thread.Sleep(20))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(15))
                throw new StartException(
                    $"Another PostgreSQL (process {pid}) uses {cluster}: stop it, or choose another data folder.");
        }
    }

    private static bool IsServerOf(string cluster, int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Contains(cluster);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // the process has ended
        }
    }

    /// <summary>Starts the server, and restarts it whenever it ends unexpectedly.</summary>
    private void Keep()
    {
        Exception? failure = null;
        using var started = new ManualResetEventSlim();
        // The kernel sends the parent-death signal when the *thread* that started a child ends, so this thread lives as long as the child.
        var keeper = new Thread(() =>
        {
            try
            {
                while (!_stopping)
                {
                    using var process = StartServer();
                    _process = process;
                    started.Set();
                    process.WaitForExit();
                    _endings++;
                    _ending = $"exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}; {string.Join(' ', _lastLines)}";
                    _process = null;
                    if (!_ready) _port = LoopbackPort.Free(); // the old port may be taken; no one knows it yet
                    if (!_stopping) Thread.Sleep(RestartPause);
                }
            }
            catch (Exception exception)
            {
                failure = exception;
                Trace.TraceError("PostgreSQL could not be started again: {0}", exception.Message);
            }
            started.Set();
        })
        { IsBackground = true, Name = "postgres keeper" };
        keeper.Start();
        started.Wait();
        if (failure is not null) throw new StartException($"PostgreSQL could not be started: {failure.Message}");
    }

    private Process StartServer()
    {
        string[] arguments =
        [
            "-D", Cluster, "-p", _port.ToString(CultureInfo.InvariantCulture), .. _settings.SelectMany(s => new[] { "-c", s }),
        ];
        var process = Process.Start(Command(Path.Combine(_bin, "postgres"), arguments, unprivileged: true, dieWithUs: true))!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            _lastLines.Enqueue(line.Data);
            if (_lastLines.Count > LinesKept) _lastLines.TryDequeue(out string? _);
            Trace.WriteLine(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private NpgsqlConnectionStringBuilder Connection(string role, string password) => new()
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = role,
        Database = PostgresRoles.Database,
        Password = password,
        MaxPoolSize = 40,
        Timeout = 15,
    };

    /// <summary>Whether the cause goes away by itself: orphans of the previous server, or an occupied port.</summary>
    private static bool WillPass(string ending) => Passing.Any(ending.Contains);

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        for (var (clock, attempt) = (Stopwatch.StartNew(), 0); ; attempt++)
        {
            if (_endings > 1 && _ending is { } ending && (clock.Elapsed > StartPatience || !WillPass(ending)))
                throw new StartException($"PostgreSQL stopped at its start ({ending}): check the disk space and {_folder}.");
            try
            {
                var admin = Connection(PostgresRoles.Admin, _adminPassword);
                admin.Timeout = 2;
                await PostgresRoles.EnsureAsync(admin, _appPassword, cancellation);
                _ready = true;
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                // It recovers from a crash. That may take long, and to be interrupted would not make it shorter.
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
            catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException && attempt < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
        }
    }
}
