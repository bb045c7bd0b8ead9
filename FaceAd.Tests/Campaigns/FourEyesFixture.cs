using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>The app where two administrators must approve.</summary>
public sealed class FourEyesFixture : PeopleFixture
{
    private const string SecondAdmin = "second-admin@facead.example";

    public Viewer AdminOne { get; private set; }

    public Viewer AdminTwo { get; private set; }

    public Viewer Advertiser { get; private set; }

    public Viewer Stranger { get; private set; }

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Approvals:FourEyes"] = "true" };

    // One for pages, one for screens: see OneConnection.
    /// <inheritdoc/>
    protected override int Connections => 2;

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await base.ReadyAsync();
        await using var scope = Services.CreateAsyncScope();
        await using var db = NewContext();
        var owner = await db.Organisations.SingleAsync(o => o.Name == "Owner");
        await scope.ServiceProvider.GetRequiredService<AccountSetup>().CreateUserAsync(owner, SecondAdmin, Password, "Second", Roles.Admin);
        var users = await db.Users.ToDictionaryAsync(u => u.Email!);
        Viewer Of(string email, bool admin) => new(users[email].OrganisationId, admin) { UserId = users[email].Id, Name = email };
        (AdminOne, AdminTwo, Advertiser, Stranger) = (Of(Admin, true), Of(SecondAdmin, true), Of(One, false), Of(Two, false));
    }
}
