using System.Diagnostics;
using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>Passwords that a guesser tries first, wherever one is chosen.</summary>
public sealed class PasswordRulesTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string Common = "password12";

    [Theory]
    [InlineData(Common)]
    [InlineData("Password123!")]
    [InlineData("P@ssw0rd2026")]
    [InlineData("qwertyuiop")]
    [InlineData("1q2w3e4r5t")]
    [InlineData("1234567890")]
    [InlineData("iloveyou12")]
    [InlineData("abcdefghij")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa")]
    [InlineData("١٢٣٤٥٦٧٨٩٠")]
    [InlineData("kim.haneul@neoul.example")]
    [InlineData("Haneul2026")]
    [InlineData("kimhaneul1!")]
    [InlineData("neoulcoffee1")]
    public void Problem_AmongTheFirstToBeTried_IsGuessable(string password) => Assert.Equal(
        AccountProblem.Guessable, PasswordRules.Problem(password, "kim.haneul@neoul.example", "Kim Haneul", "Neoul Coffee"));

    [Theory]
    [InlineData(PeopleFixture.Password)]
    [InlineData("correct horse battery staple")]
    [InlineData("zT4k9wQx2m")]
    [InlineData("겨울 파도 연필 구름 사다리")]
    public void Problem_HardToGuess_IsNull(string password) =>
        Assert.Null(PasswordRules.Problem(password, "kim.haneul@neoul.example", "Kim Haneul", "Neoul Coffee"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("zT4k9wQx2")]
    public void Problem_TooShort_SaysSo(string? password) => Assert.Equal(AccountProblem.Password, PasswordRules.Problem(password));

    [Fact]
    public void Problem_HostileText_IsJudgedInABoundedTime()
    {
        string[] repeated = ["a", "\0", "٣", "\ud83d", "😀", "19991231", "4@8({<3€69!|10$57%2z", "qwerfdsaq1w2e3r4", "passwordpassw0rd", "2147483648-"];
        PasswordRules.Problem(PeopleFixture.Password); // reads the dictionaries
        foreach (var text in repeated)
        {
            var clock = Stopwatch.StartNew();
            PasswordRules.Problem(
                string.Concat(Enumerable.Repeat(text, 128))[..128], new string('x', 120), string.Concat(Enumerable.Repeat("a ", 60)), "");
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{text}: {clock.Elapsed}");
        }
    }

    [Fact]
    public async Task EveryForm_CommonPassword_IsRefusedAndSaysWhatToDo()
    {
        using var visitor = new Visitor(app);
        var address = app.NewAddress();
        var form = new (string, string)[] { ("organisation", "Company"), ("name", "P"), ("email", address), ("password", Common) };
        Assert.Equal("Guessable", await visitor.SubmitBadlyAsync("account/sign-up", "sign-up", form));
        using (var page = await visitor.SubmitAsync("account/sign-up", "sign-up", form))
            Assert.Contains("Use at least four words", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        visitor.Http.DefaultRequestHeaders.Add("Accept-Language", "ko");
        using (var page = await visitor.SubmitAsync("account/sign-up", "sign-up", form))
            Assert.Contains(
                "추측하기 쉬운 비밀번호입니다.", WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Null(await app.MailAsync(address));

        await using (var scope = app.Services.CreateAsyncScope())
        {
            Assert.Null(await scope.ServiceProvider.GetRequiredService<Members>()
                .InviteAsync(await app.ViewerAsync(RolesFixture.Owner), address, Roles.Advertiser));
        }
        var invitation = await app.LinkAsync(address);
        Assert.Equal("Guessable", await visitor.SubmitBadlyAsync(invitation, "invitation", ("name", "Guest"), ("password", Common)));
        // The organisation's name is First, the guest's is Guestperson.
        Assert.Equal(
            "Guessable", await visitor.SubmitBadlyAsync(invitation, "invitation", ("name", "Guestperson"), ("password", "guestperson1")));

        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        await visitor.SubmitWellAsync("account/forgot", "forgot", ("email", email));
        var reset = await app.LinkAsync(email);
        Assert.Equal("Guessable", await visitor.SubmitBadlyAsync(reset, "reset", ("password", Common)));

        using var member = await app.SignInAsync(email); // the old password is still the one
        Assert.Equal("Guessable", await member.SubmitBadlyAsync(
            "account/settings", "password", ("present", PeopleFixture.Password), ("password", Common)));
        (await app.SignInAsync(email)).Dispose();
    }
}
