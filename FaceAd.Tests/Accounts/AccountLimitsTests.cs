using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;

namespace FaceAd.Tests.Accounts;

/// <summary>Trying too often.</summary>
public sealed class AccountLimitsTests(AccountLimitsTests.Strict app) : IClassFixture<AccountLimitsTests.Strict>
{
    /// <summary>The app with limits that a test can reach.</summary>
    public sealed class Strict : RolesFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings)
        {
            ["Accounts:PostsPerMinute"] = "40",
            ["Accounts:TriesPerMinute"] = "8",
            ["Accounts:MailsPerHour"] = "2",
        };
    }

    [Fact]
    public async Task Tries_AtOneAccountThenFromOneAddress_AreBounded()
    {
        using var visitor = new Visitor(app);
        // First the limit of mails: the answer is the same, no more mails are sent.
        var email = app.NewAddress();
        HashSet<string> answers = [];
        for (var i = 0; i < 4; i++)
            answers.Add(
                await visitor.SubmitWellAsync("account/sign-up", "sign-up", ("organisation", $"Company {i}"), ("name", "P"),
                    ("email", email), ("password", PeopleFixture.Password)));
        Assert.Single(answers);
        Assert.Contains("Company 1", (await app.MailAsync(email))!.Text, StringComparison.Ordinal);

        // Then one account: even the right password waits.
        var (_, victim) = await app.AddUserAsync(app.First, Roles.Advertiser);
        for (var i = 0; i < 8; i++) (await visitor.SignInAsync(victim, i < 4 ? "wrong password" : PeopleFixture.Password)).Dispose();
        using var limited = await visitor.SignInAsync(victim, PeopleFixture.Password);
        Assert.Contains("error=busy", limited.Headers.Location!.OriginalString, StringComparison.Ordinal);
        (await app.SignInAsync(RolesFixture.OtherMember)).Dispose(); // others are not held up

        // Then the limit per client address, for any account.
        var busy = 0;
        for (var i = 0; i < 40 && busy == 0; i++)
        {
            using var answer = await visitor.PostAsync("account/forgot", "no token at all", ("email", $"p{i}@example.com"));
            if (answer.StatusCode == HttpStatusCode.BadRequest) continue; // no antiforgery token, and counted
            busy++;
            Assert.Equal("/account/forgot?error=busy", answer.Headers.Location!.OriginalString);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        Assert.Equal(1, busy);
        // looking is free
        Assert.Contains("data-problem=\"Busy\"", await visitor.Http.GetStringAsync("account/forgot?error=busy"), StringComparison.Ordinal);
    }
}
