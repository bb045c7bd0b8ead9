using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Mail;

/// <summary>The mailbox where there is no mail server.</summary>
public sealed class DevelopmentMailboxTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Mailbox_MoreThanItsCapacity_KeepsTheNewest()
    {
        var mailbox = app.Services.GetRequiredService<Mailbox>();
        for (var i = 0; i < Mailbox.Capacity + 5; i++) await mailbox.SendAsync("many@example.com", $"Mail {i}", "Text");
        var mails = await mailbox.ReadAsync();
        Assert.Equal(Mailbox.Capacity, mails.Count);
        Assert.Equal($"Mail {Mailbox.Capacity + 4}", mails[0].Subject);
        Assert.Equal("Mail 5", mails[^1].Subject);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Host", "ads.example.com")]
    public async Task MailboxPage_ThroughAProxyOrAnotherName_IsForAdministratorsOnly(string header, string value)
    {
        using var nobody = new Visitor(app);
        Assert.Equal(HttpStatusCode.OK, (await nobody.Http.GetAsync("account/mailbox")).StatusCode);
        using var member = await app.SignInAsync(RolesFixture.Owner);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        foreach (var visitor in new[] { nobody, member, admin }) visitor.Http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.Http.GetAsync("account/mailbox")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await member.Http.GetAsync("account/mailbox")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("account/mailbox")).StatusCode);
    }
}
