using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Webhooks;

namespace FaceAd.Tests.Webhooks;

/// <summary>Which addresses and events a webhook may have.</summary>
public sealed class WebhookAddressTests : IAsyncLifetime
{
    private WebhookStages _stages = null!;

    public async Task InitializeAsync() => _stages = await WebhookStages.CreateAsync();

    public async Task DisposeAsync() => await _stages.DisposeAsync();

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://me:secret@example.com/")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Make_BadAddress_IsRefused(string? url)
    {
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var service = _stages.NewService(allowPrivate: false);
        Assert.Equal(WebhookProblem.Url, (await service.MakeAsync(new Viewer(advertiser.Id, false), url, ["campaign.running"])).Problem);
        Assert.Equal(
            WebhookProblem.Events,
            (await service.MakeAsync(new Viewer(advertiser.Id, false), "https://example.com/", ["screen.silent"])).Problem);
        Assert.Equal(
            WebhookProblem.Denied,
            (await service.MakeAsync(new Viewer(advertiser.Id, false) { ReadOnly = true }, "https://example.com/",
                ["campaign.running"])).Problem);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.20.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:4700::1111", true)]
    public void IsPublic_Address_IsKnown(string address, bool expected) =>
        Assert.Equal(expected, WebhookSender.IsPublic(IPAddress.Parse(address)));
}
