using System.Net;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Components;

/// <summary>What a person reads in place of an empty answer.</summary>
public sealed class StatusPagesTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    [Fact]
    public async Task SharedLink_OpenedTooOften_SaysSoAndLeadsBackToIt()
    {
        using var visitor = English();
        var path = $"r/{new string('a', 43)}";
        HttpResponseMessage answer;
        var tries = 0;
        do answer = await visitor.Http.GetAsync(path);
        while (answer.StatusCode != HttpStatusCode.TooManyRequests && ++tries < 200);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, 1, 60);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Too many requests", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/{path}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Too many requests", await visitor.Http.GetStringAsync("account/login"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("campaigns?q=%00")]
    [InlineData("campaigns/calendar?advertiser=a%00b")]
    [InlineData("admin/screens?q=%00")]
    [InlineData("admin/audit?q=%00")]
    public async Task Page_ZeroByteInItsAddress_IsABadRequest(string address)
    {
        using var admin = await Visitor.SignedInAsync(app, PeopleFixture.Admin, PeopleFixture.Password);
        using var answer = await admin.Http.GetAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task AuditLog_AboutSomethingThatIsNoId_ShowsEverything()
    {
        using var admin = await Visitor.SignedInAsync(app, PeopleFixture.Admin, PeopleFixture.Password);
        using var answer = await admin.Http.GetAsync("admin/audit?subject=nothing");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Visitor English()
    {
        var visitor = new Visitor(app);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return visitor;
    }
}
