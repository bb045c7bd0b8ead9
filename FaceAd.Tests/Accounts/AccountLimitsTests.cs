using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task MayAct_FromOneAddressTooOften_IsBoundedWithItsForms()
    {
        var limits = app.Services.GetRequiredService<AccountLimits>();
        var granted = 0; // more than 40 on a slow machine: one is given back every 1.5 s
        while (granted < 400 && await limits.MayActAsync(granted % 2 == 0 ? "2001:db8::1" : "2001:db8::2")) granted++; // one line
        Assert.InRange(granted, 40, 399);
        Assert.True(await limits.MayActAsync("2001:db8:0:1::1"));
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

        // Then passwords of an account that is signed in.
        var (_, email2) = await app.AddUserAsync(app.First, Roles.Advertiser);
        using (var member = await app.SignInAsync(email2))
        {
            HashSet<string> problems = [];
            for (var i = 0; i < 90 && !problems.Contains("Busy"); i++) // 8, and one more every 7.5 s
                problems.Add(await member.SubmitBadlyAsync("account/settings", "password", ("present", "wrong"), ("password", "x")));
            Assert.Equal(["Wrong", "Busy"], problems);
        }

        // Then the limit per client address, for any account.
        var busy = 0;
        for (var i = 0; i < 120 && busy == 0; i++)
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
