using System.Net;
using System.Net.Sockets;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using Npgsql;

namespace FaceAd.Tests.Support;

/// <summary>
/// The real web app on real Kestrel and a database of its own. Use it as a class fixture; derive from it to set
/// configuration or replace the clock. Its tests fail when the app asks the database synchronously.
/// </summary>
public class AppFixture : IAsyncLifetime
{
    private readonly string _folder = TestFolders.New("data");
    private TestDatabase? _database;
    private readonly Complaints _complaints;
    private readonly List<string> _endedPages = [];

    // What a component meets whose reader has gone while it asked the browser for something.
    private static readonly string[] LeftMeanwhile = [nameof(JSDisconnectedException), nameof(TaskCanceledException)];
    private Factory? _factory;

    /// <summary>Keeps the app's warnings and errors.</summary>
    public AppFixture()
        : this(LogLevel.Warning)
    {
    }

    /// <summary>Keeps what the app logs.</summary>
    /// <param name="least">The least level that is kept.</param>
    protected AppFixture(LogLevel least) => _complaints = new(least);

    /// <summary>The app's data folder.</summary>
    public string Folder => Beside?.Folder ?? _folder;

    /// <summary>Address of the app, such as <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = new("http://unset/");

    /// <summary>The app's services.</summary>
    public IServiceProvider Services => _factory!.Services;

    /// <summary>What the app logged at warning level or above, or at the level that the fixture keeps.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints.Lines;

    /// <summary>How to connect to the app's database.</summary>
    public string ConnectionString => _database!.ConnectionString;

    /// <summary>Where a browser on this machine reads the app's mails.</summary>
    public string MailboxLink => Services.GetRequiredService<MailboxAccess>().Link!.TrimStart('/');

    /// <summary>A context of the app's database.</summary>
    internal FaceAdDbContext NewContext() => _database!.Contexts.CreateDbContext();

    /// <summary>Configuration beyond the database and the data folder.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    /// <summary>An app on whose database and data folder this one runs too; null for ones of its own.</summary>
    protected virtual AppFixture? Beside => null;

    /// <summary>Port to listen on; 0 for any.</summary>
    protected virtual int Port => 0;

    /// <summary>How many connections to the database the app has at most.</summary>
    protected virtual int Connections => TestDatabase.Usual;

    /// <summary>Seconds that a page waits for a connection to the database; null as long as it does where nobody says.</summary>
    protected virtual int? PagePatience => null;

    /// <summary>Replaces services, such as the clock.</summary>
    /// <param name="services">The app's services.</param>
    protected virtual void Replace(IServiceCollection services)
    {
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _database = Beside?._database ?? await TestDatabase.CreateAsync(Connections);
        await PrepareAsync();
        var way = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        if (PagePatience is { } seconds) way.Timeout = seconds;
        var settings = new Dictionary<string, string>(Settings)
        {
            ["ConnectionStrings:FaceAd"] = way.ConnectionString,
            ["Data:Folder"] = Folder,
            ["Models:Folder"] = Models.Folder,
        };
        // Tests sign in more often than people do, and do not wait to hide what they know.
        foreach (var limit in new[] { "PostsPerMinute", "TriesPerMinute", "MailsPerHour" }) settings.TryAdd($"Accounts:{limit}", "100000");
        settings.TryAdd("Accounts:MinimumResponseTime", "00:00:00.02");
        settings.TryAdd("Media:PlayBeforeApproval", "false"); // each video would take as long as it is
        _factory = new Factory(settings, Replace, _complaints, _database.Synchronous);
        _factory.UseKestrel(Port);
        _factory.StartServer();
        Address = _factory.ClientOptions.BaseAddress;
        await ReadyAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await StopAsync();
        if (_database is not null && Beside is null) await _database.DisposeAsync();
        // A page that ended under its reader is a fault, even where no test looked.
        Assert.True(_endedPages is [], string.Join('\n', _endedPages));
    }

    /// <summary>Stops the app; the database stays.</summary>
    public async Task StopAsync()
    {
        if (_factory is null) return;
        _endedPages.AddRange(Complaints.Where(c => c.Contains("Unhandled exception in circuit", StringComparison.Ordinal)
            && !LeftMeanwhile.Any(c.Contains)));
        await _factory.DisposeAsync();
        _factory = null;
    }

    /// <summary>A client of the app that keeps cookies and follows no redirects.</summary>
    /// <param name="cookies">Where it keeps them; null for a jar of its own.</param>
    /// <param name="from">The address of this machine that it connects from, such as 127.0.0.9; null for the usual one.</param>
    public HttpClient NewClient(CookieContainer? cookies = null, IPAddress? from = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        CookieContainer = cookies ?? new(),
        ConnectCallback = from is null ? null : async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = Address };

    /// <summary>The identity of a decision, as the app takes it for a screen.</summary>
    internal Guid Decide(Guid screenId, Guid creativeId, DateTimeOffset at) =>
        Services.GetRequiredService<DecisionSeals>().Make(screenId, creativeId, at);

    /// <summary>Runs before the app starts, on its empty database.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Runs when the app has started; for rows that every test of the class needs.</summary>
    protected virtual Task ReadyAsync() => Task.CompletedTask;

    // Any public type of the web assembly will do; the name Program is taken thrice here.
    private sealed class Factory(
        Dictionary<string, string> settings, Action<IServiceCollection> replace, Complaints complaints, SynchronousUse synchronous)
        : WebApplicationFactory<DataFolder>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            foreach (var (name, value) in settings) builder.UseSetting(name, value);
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(complaints));
            builder.ConfigureTestServices(services =>
            {
                // slow on purpose, and here for nothing
                services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1_000);
                services.Configure<CircuitOptions>(options => options.DetailedErrors = true); // consoles name what went wrong
                services.ConfigureDbContext<FaceAdDbContext>(options => options.AddInterceptors(synchronous.Interceptors));
                replace(services);
            });
        }
    }
}
