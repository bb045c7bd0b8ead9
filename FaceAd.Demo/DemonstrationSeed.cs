using System.Text;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Demo.Videos;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Demo;

/// <summary>
/// Fills an empty installation with a building, two elevator screens, three advertisers with their campaigns, and a house loop. Leaves the
/// screens' tokens and the accounts in the folder of the creatives, for the demonstration players.
/// </summary>
sealed class DemonstrationSeed(
    FaceAdDbContext db, AccountSetup accounts, IPasswordHasher<User> hasher, CreativeIntake creatives, ScreenRegistry screens,
    SiteConsents consents, TimeProvider time)
{
    /// <summary>The media owner of the demonstration.</summary>
    public const string MediaOwner = "Hangang Elevator Media";

    /// <summary>The administrator's address.</summary>
    public const string AdminEmail = "admin@facead.example";

    // Known to anyone who reads this, and easy to guess: the demonstration listens on loopback unless it is told otherwise.
    const string Password = "facead-demo";
    const string Building = "Hangang Tower 101";
    const string Consent = "Sample building, sample riders: nobody to ask";
    const long BudgetKrw = 280_000;
    const long PricePerThousandKrw = 12_000;
    const int FlightDays = 28;

    /// <summary>Seeds once; an installation that has an organisation is left alone.</summary>
    /// <param name="folder">Folder with the creatives in <c>creatives</c>.</param>
    /// <returns>Whether there was anything to do.</returns>
    /// <exception cref="InvalidOperationException">A creative was refused, or an earlier seed was cut short.</exception>
    /// <exception cref="IOException">A creative is missing.</exception>
    public async Task<bool> EnsureAsync(string folder)
    {
        var finished = Path.Combine(folder, "accounts.txt");
        if (await db.Organisations.AnyAsync())
        {
            await EnsureConsentAsync();
            if (!File.Exists(finished))
                throw new InvalidOperationException(
                    "The first start was interrupted and the sample data is incomplete: start once with './run --reset'.");
            return false;
        }
        StringBuilder list = new();
        var owner = await accounts.CreateOrganisationAsync(MediaOwner, OrganisationKind.MediaOwner);
        await AddUserAsync(owner, AdminEmail, "Admin", Roles.Admin, list);
        await AddScreensAsync(folder);

        foreach (var video in DemoVideo.All.Where(f => f.Advertiser is null)) await ImportAsync(folder, video, owner.Id, null);
        foreach (var group in DemoVideo.All.Where(f => f.Advertiser is not null).GroupBy(f => f.Advertiser!))
        {
            var advertiser = await accounts.CreateOrganisationAsync(group.Key, OrganisationKind.Advertiser);
            await AddUserAsync(advertiser, $"{Slug(group.Key)}@facead.example", group.Key, Roles.Owner, list);
            foreach (var (video, index) in group.Select((video, index) => (video, index)))
                await AddCampaignAsync(folder, video, advertiser, perThousand: index % 2 == 1);
        }
        await WriteSecretAsync(finished, list.ToString());
        return true;
    }

    async Task AddScreensAsync(string folder)
    {
        var site = await screens.RegisterSiteAsync(Building, "Seoul, Yeongdeungpo-gu", "Asia/Seoul", Site.DefaultNotice, Consent);
        // One screen of either kind, so that the demonstration shows both ways of seeing.
        foreach (var (name, number, mode) in new[] { ("Elevator A", 1, InferenceMode.Server), ("Elevator B", 2, InferenceMode.Device) })
        {
            var (_, token) = await screens.RegisterAsync(site.Id, name, mode);
            await WriteSecretAsync(Path.Combine(folder, $"screen-{number}.token"), token + "\n");
        }
    }

    // Sample data of a version that knew no consent goes on measuring; a consent that was withdrawn stays withdrawn.
    async Task EnsureConsentAsync()
    {
        var site = await db.Sites.AsNoTracking().SingleOrDefaultAsync(s => s.Name == Building && s.ConsentAt == null);
        if (site is null || await db.AuditEntries.AnyAsync(e => e.SubjectId == site.Id && e.Verb == AuditVerb.ConsentWithdrawn)) return;
        await consents.RecordAsync(site.Id, Consent);
        if (site.Measurement) await consents.SetMeasurementAsync(site.Id, true);
    }

    async Task AddUserAsync(Organisation organisation, string email, string name, string role, StringBuilder list)
    {
        await accounts.CreateUserWithHashAsync(organisation, email, hasher.HashPassword(null!, Password), name, role);
        list.Append(role).Append(' ').Append(email).Append(' ').Append(Password).Append('\n');
    }

    async Task AddCampaignAsync(string folder, DemoVideo video, Organisation advertiser, bool perThousand)
    {
        var now = time.GetUtcNow();
        var today = SiteCalendar.Default.DayOf(now);
        var campaign = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = video.Title,
            State = CampaignState.Approved,
            StartsOn = today,
            EndsOn = today.AddDays(FlightDays - 1),
            Targets = [.. video.Segments],
            PriceModel = perThousand ? PriceModel.PerThousand : PriceModel.Flat,
            BudgetKrw = BudgetKrw,
            PricePerThousandKrw = perThousand ? PricePerThousandKrw : null,
            CreatedAt = now,
            SubmittedAt = now,
            ReviewedAt = now,
        };
        db.Campaigns.Add(campaign);
        await db.SaveChangesAsync();
        await ImportAsync(folder, video, advertiser.Id, campaign.Id);
    }

    async Task ImportAsync(string folder, DemoVideo video, Guid organisation, Guid? campaign)
    {
        var outcome = await creatives.ImportAsync(Path.Combine(folder, "creatives", video.File), organisation, campaign, video.Title);
        if (outcome.Refusal is { } refusal)
            throw new InvalidOperationException($"The demonstration video {video.File} was refused: {refusal}.");
    }

    static async Task WriteSecretAsync(string path, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead
            | UnixFileMode.UserWrite
        };
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text);
    }

    static string Slug(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
}
