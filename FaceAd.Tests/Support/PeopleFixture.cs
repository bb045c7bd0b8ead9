using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Support;

/// <summary>The app with an administrator, two advertisers and a screen. Uploads of more than a megabyte are refused.</summary>
public class PeopleFixture : AppFixture
{
    public const string Admin = "admin@facead.example", One = "one@facead.example", Two = "two@facead.example";
    public const string Password = "a good long password";
    public const long MaxUploadBytes = 1_000_000;

    /// <summary>Organisation of <see cref="One"/>.</summary>
    public Organisation First { get; private set; } = null!;

    /// <summary>Organisation of <see cref="Two"/>.</summary>
    public Organisation Second { get; private set; } = null!;

    /// <summary>A screen's device token.</summary>
    public string ScreenToken { get; private set; } = "";

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Media:MaxUploadBytes"] = $"{MaxUploadBytes}" };

    /// <summary>Signs a user in.</summary>
    public Task<Visitor> SignInAsync(string email) => Visitor.SignedInAsync(this, email, Password);

    /// <summary>A campaign of an advertiser.</summary>
    public async Task<Campaign> AddCampaignAsync(Organisation owner, CampaignState state = CampaignState.Draft)
    {
        var campaign = new Campaign
        {
            OrganisationId = owner.Id,
            Name = "Campaign",
            State = state,
            StartsOn = Sample.Calendar.DayOf(Now),
            EndsOn = Sample.Calendar.DayOf(Now).AddDays(9),
            Targets = [Segment.Silver],
            BudgetKrw = 1_000_000,
            CreatedAt = Now,
        };
        await using var db = NewContext();
        db.Add(campaign);
        await db.SaveChangesAsync();
        return campaign;
    }

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        First = await accounts.CreateOrganisationAsync("First", OrganisationKind.Advertiser);
        Second = await accounts.CreateOrganisationAsync("Second", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(owner, Admin, Password, "Admin", Roles.Admin);
        await accounts.CreateUserAsync(First, One, Password, "One", Roles.Advertiser);
        await accounts.CreateUserAsync(Second, Two, Password, "Two", Roles.Advertiser);
        var site = new Site { Name = "Tower", CreatedAt = Now, Measurement = true, ConsentAt = Now, ConsentReference = Sample.Consent };
        await using var db = NewContext();
        db.Add(site);
        await db.SaveChangesAsync();
        (_, ScreenToken) = await Services.GetRequiredService<ScreenRegistry>().RegisterAsync(site.Id, "A", InferenceMode.Device);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
