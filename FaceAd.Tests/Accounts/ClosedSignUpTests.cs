using System.Net;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Accounts;

/// <summary>An installation where advertisers come by invitation only.</summary>
public sealed class ClosedSignUpTests(ClosedSignUpTests.Closed app) : IClassFixture<ClosedSignUpTests.Closed>
{
    /// <summary>The app with sign-up closed.</summary>
    public sealed class Closed : RolesFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Accounts:SignUp"] = "false" };
    }

    [Fact]
    public async Task SignUp_Closed_OffersNothingAndTakesNothing()
    {
        using var visitor = new Visitor(app);
        Assert.DoesNotContain("account/sign-up", await visitor.Http.GetStringAsync("account/login"), StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"organisation\"", await visitor.Http.GetStringAsync("account/sign-up"), StringComparison.Ordinal);
        // The form by hand, with a token of another page.
        using var answer = await visitor.PostAsync("account/sign-up", await visitor.TokenAsync("account/login"),
            ("_handler", "sign-up"), ("organisation", "New"), ("name", "P"), ("email", "closed@example.com"),
            ("password", PeopleFixture.Password));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(await app.MailAsync("closed@example.com"));
    }
}
