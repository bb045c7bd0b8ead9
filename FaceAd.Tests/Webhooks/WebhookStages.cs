using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Cluster;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Webhooks;

/// <summary>What finds, keeps and sends events, on a database, without the app around it.</summary>
internal sealed class WebhookStages : IAsyncDisposable
{
    private readonly EphemeralDataProtectionProvider _ring = new();

    private WebhookStages(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public SetClock Clock { get; } = new(Sample.Noon);

    public static async Task<WebhookStages> CreateAsync() => new(await TestDatabase.CreateAsync());

    public WebhookService NewService(bool allowPrivate = true) =>
        new(Database.Contexts, _ring, new WebhookOptions { AllowPrivate = allowPrivate }, Clock);

    public WebhookSender NewSender(bool allowPrivate = true) =>
        new(Database.Source, _ring, new WebhookOptions { AllowPrivate = allowPrivate }, Clock, NullLogger<WebhookSender>.Instance);

    /// <summary>Makes a webhook of an organisation.</summary>
    public async Task<(Webhook Hook, string Secret)> MakeAsync(Organisation organisation, string url, string[]? events = null)
    {
        var viewer = new Viewer(organisation.Id, organisation.Kind == OrganisationKind.MediaOwner);
        var (hook, secret, problem) = await NewService().MakeAsync(viewer, url, events ?? [.. WebhookEvents.Campaigns]);
        Assert.Null(problem);
        return (hook!, secret!);
    }

    /// <summary>A node's look for what has happened, which has not looked yet.</summary>
    public WebhookWatch NewWatch() => new(
        Database.Contexts,
        new NewsListener(new DirectConnections(Database.ConnectionString), Clock, NullLogger<NewsListener>.Instance), Clock,
        NullLogger<WebhookWatch>.Instance);

    /// <summary>Looks once for what has happened, as after a restart; a second later by the clock.</summary>
    public async Task LookAsync()
    {
        using var watch = NewWatch();
        Assert.NotNull(await watch.RunCycleAsync(default));
        Clock.Now += TimeSpan.FromSeconds(1);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
