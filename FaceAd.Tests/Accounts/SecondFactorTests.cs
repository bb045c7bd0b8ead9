using System.Net;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;

namespace FaceAd.Tests.Accounts;

/// <summary>Two-factor sign-in, with an authenticator program of the test's own.</summary>
public sealed partial class SecondFactorTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string Page = "account/settings/two-factor";

    [Theory] // RFC 6238, appendix B, the last six of its eight digits
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Code_VectorsOfTheStandard_AreMet(long seconds, string code) =>
        Assert.Equal(code, AuthenticatorCodes.Of(Base32Encoding.ToString("12345678901234567890"u8.ToArray()))
            .ComputeTotp(DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime));

    [Fact]
    public async Task SignIn_WithTwoFactors_NeedsACodeWhichWorksOnce()
    {
        var (email, key, _) = await EnrolAsync();
        using var visitor = new Visitor(app);
        Assert.Contains("account/two-factor", (await visitor.SignInAsync(email, PeopleFixture.Password)).Headers.Location!.OriginalString,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.Http.GetAsync("campaigns")).StatusCode); // not in yet
        Assert.Contains("error=code", await SecondAsync(visitor, "000000"), StringComparison.Ordinal);
        Assert.Contains("error=code", await SecondAsync(visitor, "１２３４５６"), StringComparison.Ordinal);
        var code = Next(key);
        Assert.Equal("/", await SecondAsync(visitor, $" {code[..3]} {code[3..]} "));
        Assert.Equal(HttpStatusCode.OK, (await visitor.Http.GetAsync("campaigns")).StatusCode);

        using var again = new Visitor(app);
        await again.SignInAsync(email, PeopleFixture.Password);
        Assert.Contains("error=code", await SecondAsync(again, code), StringComparison.Ordinal); // replayed
    }

    [Fact]
    public async Task Code_TakenWhileTheAccountIsSavedByAnother_WorksOnce()
    {
        var (email, key, _) = await EnrolAsync();
        var code = Next(key);
        await using var slow = app.Services.CreateAsyncScope();
        await using var quick = app.Services.CreateAsyncScope();
        var (slowly, quickly) = (slow.ServiceProvider.GetRequiredService<UserManager<User>>(),
            quick.ServiceProvider.GetRequiredService<UserManager<User>>());
        var before = (await slowly.FindByEmailAsync(email))!;
        Assert.True(await quickly.VerifyTwoFactorTokenAsync((await quickly.FindByEmailAsync(email))!, AuthenticatorCodes.Name, code));
        await slowly.AccessFailedAsync(before); // a wrong password, which someone typed meanwhile
        Assert.False(await quickly.VerifyTwoFactorTokenAsync((await quickly.FindByEmailAsync(email))!, AuthenticatorCodes.Name, code));
    }

    [Fact]
    public async Task SecondStep_WithoutThePassword_LeadsBack()
    {
        using var visitor = new Visitor(app);
        Assert.Contains("error=expired", await SecondAsync(visitor, "123456"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondStep_FiveWrongCodes_Lock()
    {
        var (email, key, codes) = await EnrolAsync();
        using var visitor = new Visitor(app);
        await visitor.SignInAsync(email, PeopleFixture.Password);
        for (var attempt = 0; attempt < 2; attempt++) await SecondAsync(visitor, "000000");
        for (var attempt = 0; attempt < 2; attempt++) await SecondAsync(visitor, "AAAAA-AAAAA", "recovery"); // these count too
        Assert.Contains("error=locked", await SecondAsync(visitor, "000000"), StringComparison.Ordinal);
        Assert.Contains("error=locked", await SecondAsync(visitor, Next(key)), StringComparison.Ordinal);
        Assert.Contains("error=locked", await SecondAsync(visitor, codes[0], "recovery"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondStep_GuessesOfOneWhoKnowsThePassword_AreHeldUpAndTheOwnersBrowserIsNot()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var owner = await app.SignInAsync(email);
        var (key, _) = await EnrolAsync(owner);
        await owner.SignOutAsync();
        var locked = 0;
        for (var network = 1; network <= 2; network++) // from another network, too
        {
            using var guesser = new Visitor(app, new IPAddress([127, 9, 9, (byte)network]));
            for (var attempt = 0; attempt < 6; attempt++)
            {
                await guesser.SignInAsync(email, PeopleFixture.Password); // always right
                if ((await SecondAsync(guesser, "000000")).Contains("error=locked", StringComparison.Ordinal)) locked++;
            }
        }
        Assert.Equal(8, locked); // four were judged, and the fifth held them all up
        await owner.SignInAsync(email, PeopleFixture.Password);
        Assert.Equal("/", await SecondAsync(owner, Next(key)));
    }

    [Fact]
    public async Task RecoveryCode_EachLetsInOnceAndNewOnesMakeOldOnesVoid()
    {
        var (email, _, codes) = await EnrolAsync();
        Assert.Equal(10, codes.Distinct().Count());
        using var visitor = new Visitor(app);
        await visitor.SignInAsync(email, PeopleFixture.Password);
        Assert.Equal("/", await SecondAsync(visitor, codes[0].ToLowerInvariant().Replace("-", "", StringComparison.Ordinal), "recovery"));
        Assert.Contains("data-left=\"9\"", await visitor.Http.GetStringAsync(Page), StringComparison.Ordinal);
        using (var refused = await visitor.SubmitAsync(Page, "renew", ("password", "wrong password")))
            Assert.Contains("data-problem=\"Wrong\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var renewed = await visitor.SubmitAsync(Page, "renew", ("password", PeopleFixture.Password));
        var fresh = CodesOf(await renewed.Content.ReadAsStringAsync());
        Assert.Empty(fresh.Intersect(codes));
        Assert.DoesNotContain(fresh[0], await visitor.Http.GetStringAsync(Page), StringComparison.Ordinal); // shown once

        using var other = new Visitor(app);
        await other.SignInAsync(email, PeopleFixture.Password);
        Assert.Contains("error=code", await SecondAsync(other, codes[0], "recovery"), StringComparison.Ordinal);
        Assert.Contains("error=code", await SecondAsync(other, codes[1], "recovery"), StringComparison.Ordinal);
        Assert.Equal("/", await SecondAsync(other, fresh[0], "recovery"));
    }

    [Fact]
    public async Task KeyAndRecoveryCodes_InTheDatabase_AreEncrypted()
    {
        var (email, key, codes) = await EnrolAsync();
        await using var db = app.NewContext();
        var stored = await db.UserTokens.Where(t => db.Users.Any(u => u.Id == t.UserId && u.Email == email)).Select(t => t.Value)
            .ToListAsync();
        Assert.Equal(2, stored.Count);
        Assert.All(stored, value =>
            Assert.True(!value!.Contains(key, StringComparison.Ordinal) && !value.Contains(codes[0], StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Disable_NeedsThePasswordAndForgetsTheKey()
    {
        var (email, key, _) = await EnrolAsync();
        using var visitor = new Visitor(app);
        await visitor.SignInAsync(email, PeopleFixture.Password);
        await SecondAsync(visitor, Next(key));
        using (var refused = await visitor.SubmitAsync(Page, "disable", ("password", "wrong password")))
            Assert.Contains("data-problem=\"Wrong\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await visitor.SubmitWellAsync(Page, "disable", ("password", PeopleFixture.Password));
        (await app.SignInAsync(email)).Dispose(); // the password alone
        Assert.NotEqual(key, KeyOf(await visitor.Http.GetStringAsync(Page)));
        Assert.Contains("switched off", (await app.MailAsync(email))!.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Organisation_ThatAsksForIt_LeadsEverybodyThereFirst()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var (_, member) = await app.AddUserAsync(organisation, Roles.Advertiser);
        using var visitor = await app.SignInAsync(member);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            Assert.Null(await scope.ServiceProvider.GetRequiredService<Members>()
                .ChangeOrganisationAsync(await app.ViewerAsync(owner), organisation.Name, requiresTwoFactor: true));
        }
        foreach (var page in new[] { "campaigns", "campaigns/new", "", "organisation" })
            Assert.Contains(Page, (await visitor.Http.GetAsync(page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.Forbidden, (await visitor.Http.PostAsync($"api/campaigns/{Guid.NewGuid()}/creatives", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.Http.GetAsync($"media/{new string('a', 64)}.mp4")).StatusCode);
        await EnrolAsync(visitor);
        Assert.Equal(HttpStatusCode.OK, (await visitor.Http.GetAsync("campaigns")).StatusCode);
    }

    private async Task<(string Email, string Key, List<string> Codes)> EnrolAsync()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using var visitor = await app.SignInAsync(email);
        var (key, codes) = await EnrolAsync(visitor);
        return (email, key, codes);
    }

    private static async Task<(string Key, List<string> Codes)> EnrolAsync(Visitor visitor)
    {
        var page = await visitor.Http.GetStringAsync(Page);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        var key = KeyOf(page);
        using (var wrong = await visitor.SubmitAsync(Page, "enable", ("code", "000000")))
            Assert.Contains("data-problem=\"Code\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var answer = await visitor.SubmitAsync(Page, "enable", ("code", Now(key)));
        return (key, CodesOf(await answer.Content.ReadAsStringAsync()));
    }

    private static async Task<string> SecondAsync(Visitor visitor, string code, string field = "code") =>
        (await visitor.PostAsync("account/two-factor", await visitor.TokenAsync("account/two-factor"), (field, code),
            ("returnUrl", "/"))).Headers.Location!.OriginalString;

    private static string KeyOf(string page) => KeyField().Match(page).Groups[1].Value;

    private static List<string> CodesOf(string page) => [.. CodeField().Matches(page).Select(m => m.Groups[1].Value)];

    private static string Now(string key) => At(key, 0);

    // The step used for enrolment is used up; an authenticator whose clock is half a minute ahead shows the next one.
    private static string Next(string key) => At(key, 1);

    private static string At(string key, int ahead) =>
        AuthenticatorCodes.Of(key).ComputeTotp(TimeProvider.System.GetUtcNow().AddSeconds(30 * ahead).UtcDateTime);

    [GeneratedRegex("data-key=\"([A-Z2-7]+)\"")]
    private static partial Regex KeyField();

    [GeneratedRegex("<li><code>([A-Z0-9]{5}-[A-Z0-9]{5})</code></li>")]
    private static partial Regex CodeField();
}
