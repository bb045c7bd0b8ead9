using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Demonstration;

/// <summary>
/// Fills an empty installation with a building, two elevator screens, three advertisers with their campaigns, and a house
/// loop, from a folder of films. Leaves the screens' tokens and the accounts in that folder, for the demonstration players.
/// </summary>
sealed class DemonstrationSeed(
    FaceAdDbContext db, AccountSetup accounts, CreativeIntake creatives, ScreenRegistry screens, SiteConsents consents, TimeProvider time, ILogger<DemonstrationSeed> log)
{
    /// <summary>The media owner of the demonstration.</summary>
    public const string MediaOwner = "Hangang Elevator Media";

    /// <summary>The administrator's address.</summary>
    public const string AdminEmail = "admin@facead.example";

    // Known to everybody who reads this: the demonstration listens on loopback unless it is told otherwise.
    private const string Password = "facead-demo";
    private const string Building = "Hangang Tower 101";
    private const string Consent = "Sample building, sample riders: nobody to ask";
    private const long BudgetKrw = 280_000;
    private const long PricePerThousandKrw = 12_000;
    private const int FlightDays = 28;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Seeds once; an installation that has an organisation is left alone.</summary>
    /// <param name="mediaFolder">Folder with <c>creatives.json</c> and <c>creatives/</c>.</param>
    /// <exception cref="InvalidOperationException">The folder is not a demonstration's.</exception>
    public async Task EnsureAsync(string mediaFolder)
    {
        var finished = Path.Combine(mediaFolder, "accounts.txt");
        if (await db.Organisations.AnyAsync())
        {
            await EnsureConsentAsync();
            if (!File.Exists(finished)) throw new InvalidOperationException("The first start was cut short and left half of the sample data: start once with './run --reset'.");
            return;
        }
        var films = await ReadFilmsAsync(mediaFolder);
        StringBuilder list = new();
        var owner = await accounts.CreateOrganisationAsync(MediaOwner, OrganisationKind.MediaOwner);
        await AddUserAsync(owner, AdminEmail, "Admin", Roles.Admin, list);
        await AddScreensAsync(mediaFolder);

        foreach (var film in films.Where(f => f.Advertiser is null)) await ImportAsync(mediaFolder, film, owner.Id, null);
        foreach (var group in films.Where(f => f.Advertiser is not null).GroupBy(f => f.Advertiser!))
        {
            var advertiser = await accounts.CreateOrganisationAsync(group.Key, OrganisationKind.Advertiser);
            await AddUserAsync(advertiser, $"{Slug(group.Key)}@facead.example", group.Key, Roles.Owner, list);
            foreach (var (film, index) in group.Select((film, index) => (film, index))) await AddCampaignAsync(mediaFolder, film, advertiser, perThousand: index % 2 == 1);
        }
        await WriteSecretAsync(finished, list.ToString());
        log.LogInformation("Demonstration data made: {Films} films of {Advertisers} advertisers", films.Count, films.Select(f => f.Advertiser).Distinct().Count() - 1);
    }

    private async Task AddScreensAsync(string mediaFolder)
    {
        var site = await screens.RegisterSiteAsync(Building, "Seoul, Yeongdeungpo-gu", "Asia/Seoul", Site.DefaultNotice, Consent);
        // One screen of either kind, so that the demonstration shows both ways of seeing.
        foreach (var (name, number, mode) in new[] { ("Elevator A", 1, InferenceMode.Server), ("Elevator B", 2, InferenceMode.Device) })
        {
            var (_, token) = await screens.RegisterAsync(site.Id, name, mode);
            await WriteSecretAsync(Path.Combine(mediaFolder, $"screen-{number}.token"), token + "\n");
        }
    }

    // Sample data of a version that knew no consent goes on measuring; a consent that somebody has withdrawn stays withdrawn.
    private async Task EnsureConsentAsync()
    {
        var site = await db.Sites.AsNoTracking().SingleOrDefaultAsync(s => s.Name == Building && s.ConsentAt == null);
        if (site is null || await db.AuditEntries.AnyAsync(e => e.SubjectId == site.Id && e.Verb == AuditVerb.ConsentWithdrawn)) return;
        await consents.RecordAsync(site.Id, Consent);
        if (site.Measurement) await consents.SetMeasurementAsync(site.Id, true);
    }

    private async Task AddUserAsync(Organisation organisation, string email, string name, string role, StringBuilder list)
    {
        await accounts.CreateUserAsync(organisation, email, Password, name, role);
        list.Append(role).Append(' ').Append(email).Append(' ').Append(Password).Append('\n');
    }

    private async Task AddCampaignAsync(string mediaFolder, DemonstrationFilm film, Organisation advertiser, bool perThousand)
    {
        var now = time.GetUtcNow();
        var today = SiteCalendar.Default.DayOf(now);
        var campaign = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = film.Title,
            State = CampaignState.Approved,
            StartsOn = today,
            EndsOn = today.AddDays(FlightDays - 1),
            Targets = film.Segments,
            PriceModel = perThousand ? PriceModel.PerThousand : PriceModel.Flat,
            BudgetKrw = BudgetKrw,
            PricePerThousandKrw = perThousand ? PricePerThousandKrw : null,
            CreatedAt = now,
            SubmittedAt = now,
            ReviewedAt = now,
        };
        db.Campaigns.Add(campaign);
        await db.SaveChangesAsync();
        await ImportAsync(mediaFolder, film, advertiser.Id, campaign.Id);
    }

    private async Task ImportAsync(string mediaFolder, DemonstrationFilm film, Guid organisation, Guid? campaign)
    {
        var outcome = await creatives.ImportAsync(Path.Combine(mediaFolder, "creatives", film.File), organisation, campaign, film.Title);
        if (outcome.Refusal is { } refusal) throw new InvalidOperationException($"The demonstration film {film.File} was refused: {refusal}.");
    }

    private static async Task<List<DemonstrationFilm>> ReadFilmsAsync(string mediaFolder)
    {
        var path = Path.Combine(mediaFolder, "creatives.json");
        if (!File.Exists(path)) throw new InvalidOperationException($"{path} is missing: './run' makes the demonstration's films.");
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<List<DemonstrationFilm>>(file, Json) ?? [];
    }

    private static async Task WriteSecretAsync(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text);
    }

    private static string Slug(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));

    private sealed record DemonstrationFilm(string File, string Title, string? Advertiser, Segment[] Segments, double Seconds);
}

static class DemonstrationSetup
{
    public static void AddDemonstration(this IServiceCollection services) => services.AddScoped<DemonstrationSeed>();

    /// <summary>Seeds the demonstration when it is switched on.</summary>
    public static async Task EnsureDemonstrationAsync(this WebApplication app)
    {
        if (!app.Configuration.GetValue<bool>("Demonstration:Enabled")) return;
        var folder = app.Configuration["Demonstration:MediaFolder"]
            ?? throw new InvalidOperationException("Demonstration:Enabled needs Demonstration:MediaFolder.");
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DemonstrationSeed>().EnsureAsync(folder);
    }
}
