using System.Text.RegularExpressions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Support;

/// <summary>The app with a user in each role, and a way to read mail. Sessions are compared with their accounts at every request.</summary>
public partial class RolesFixture : PeopleFixture
{
    public const string Owner = "owner@facead.example", Member = One, Analyst = "analyst@facead.example";
    public const string OtherOwner = "owner2@facead.example", OtherMember = Two, OtherAnalyst = "analyst2@facead.example";
    public const string MediaAnalyst = "media-analyst@facead.example";

    private int _count;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>(base.Settings) { ["Accounts:Recheck"] = "00:00:00" };

    /// <summary>An address that nobody else in the test run uses.</summary>
    public string NewAddress() => $"person-{Interlocked.Increment(ref _count)}@example.com";

    /// <summary>Makes an account in an organisation.</summary>
    public async Task<(Guid Id, string Email)> AddUserAsync(Organisation organisation, string role, string? email = null)
    {
        await using var scope = Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<AccountSetup>()
            .CreateUserAsync(organisation, email ?? NewAddress(), Password, "Somebody", role);
        return (user.Id, user.Email!);
    }

    /// <summary>Makes an organisation of advertisers with an owner of its own.</summary>
    public async Task<(Organisation Organisation, Guid Id, string Email)> AddOrganisationAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var organisation = await scope.ServiceProvider.GetRequiredService<AccountSetup>()
            .CreateOrganisationAsync($"Company {Guid.NewGuid():N}", OrganisationKind.Advertiser);
        var (id, email) = await AddUserAsync(organisation, Roles.Owner);
        return (organisation, id, email);
    }

    /// <summary>The newest mail to an address; null when there is none.</summary>
    internal async Task<StoredMail?> MailAsync(string to)
    {
        await using var db = NewContext();
        return await db.Mails.Where(m => m.To == to).OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).FirstOrDefaultAsync();
    }

    /// <summary>The link of the newest mail to an address, without the server.</summary>
    public async Task<string> LinkAsync(string to)
    {
        var mail = await MailAsync(to);
        Assert.True(mail is not null, $"No mail to {to}.");
        return Link().Match(mail.Text).Groups[1].Value;
    }

    /// <summary>A user as the services see them.</summary>
    public async Task<Viewer> ViewerAsync(string email)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<User>>();
        var factory = scope.ServiceProvider.GetRequiredService<Microsoft.AspNetCore.Identity.IUserClaimsPrincipalFactory<User>>();
        return Viewer.Of(await factory.CreateAsync((await users.FindByEmailAsync(email))!))!.Value;
    }

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await base.ReadyAsync();
        await using var db = NewContext();
        var media = await db.Organisations.SingleAsync(o => o.Name == "Owner");
        await AddUserAsync(media, Roles.MediaAnalyst, MediaAnalyst);
        await AddUserAsync(First, Roles.Owner, Owner);
        await AddUserAsync(First, Roles.Analyst, Analyst);
        await AddUserAsync(Second, Roles.Owner, OtherOwner);
        await AddUserAsync(Second, Roles.Analyst, OtherAnalyst);
    }

    [GeneratedRegex(@"https?://[^/\s]+/(account/[a-z-]+\?token=[\w-]+)")]
    private static partial Regex Link();
}
