using System.Text;
using FaceAd.Core;
using FaceAd.Demo.History;
using FaceAd.Demo.History.Bookings;
using FaceAd.Demo.History.Riders;
using FaceAd.Demo.Videos;
using FaceAd.Web.Accounts;
using FaceAd.Web.Creatives.Buildings;
using FaceAd.Web.Data;
using FaceAd.Web.Samples;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Demo;

/// <summary>
/// Fills an empty installation with the sample network: buildings with elevator screens, advertisers, campaigns, a house loop, and six
/// weeks of history. Leaves the tokens of the two live screens and the accounts in the folder of the videos, for the demonstration players.
/// </summary>
sealed class DemonstrationSeed(
    FaceAdDbContext db, AccountSetup accounts, IPasswordHasher<User> hasher, BookedVideos videos, ScreenRegistry screens, SitePlaces places,
    SitePictures pictures, PastSeed past, SampleData sample, DataFolder data, HistoryClock clock, HistoryOptions options)
{
    /// <summary>The media owner of the demonstration.</summary>
    public const string MediaOwner = "Hangang Elevator Media";

    /// <summary>The administrator's address.</summary>
    public const string AdminEmail = "admin@facead.example";

    // Known to anyone who reads this, and easy to guess: the demonstration listens on loopback unless it is told otherwise.
    const string Password = "facead-demo";
    const string Consent = "Sample building, sample riders: nobody to ask";
    const int LiveScreens = 2; // the first ones of the first building

    /// <summary>
    /// Seeds once; an installation that has an organisation is left alone. What a seed left that was cut short is removed first: the list
    /// of accounts is written last, and everything before it is marked as sample data.
    /// </summary>
    /// <param name="folder">Folder with the videos in <c>creatives</c>.</param>
    /// <param name="progress">Receives lines that say how far it is.</param>
    /// <returns>Whether there was anything to do.</returns>
    /// <exception cref="InvalidOperationException">A video was refused, or the product did not take something.</exception>
    /// <exception cref="IOException">A video is missing.</exception>
    public async Task<bool> EnsureAsync(string folder, TextWriter progress)
    {
        var finished = Path.Combine(folder, "accounts.txt");
        if (!File.Exists(finished) && await db.Set<SampleItem>().AnyAsync())
        {
            await progress.WriteLineAsync("removing what an interrupted start has left");
            await sample.RemoveAsync(by: null);
        }
        if (await db.Organisations.AnyAsync())
        {
            await ForgetAsync(folder, finished);
            return false;
        }
        clock.Now = options.Today.AddDays(-PastSeed.Days);
        await videos.StoreAsync(Path.Combine(folder, "creatives"));
        var list = await AddPeopleAsync();
        using var signers = new Signers();
        var sites = await AddBuildingsAsync(folder, signers);
        await past.RunAsync(sites, signers, progress);
        signers.Keep();
        await WriteSecretAsync(finished, list);
        return true;
    }

    /// <summary>Names no accounts and gives no tokens that do not exist any more: the sample data was removed.</summary>
    async Task ForgetAsync(string folder, string finished)
    {
        for (var number = 1; number <= LiveScreens; number++)
        {
            if (!File.Exists(TokenFile(folder, number))) continue;
            var hash = DeviceToken.Hash((await File.ReadAllTextAsync(TokenFile(folder, number))).Trim());
            if (await db.Screens.AnyAsync(s => s.TokenHash == hash)) continue;
            File.Delete(TokenFile(folder, number));
            File.Delete(finished);
        }
    }

    async Task<string> AddPeopleAsync()
    {
        StringBuilder list = new();
        var owner = await AddOrganisationAsync(MediaOwner, OrganisationKind.MediaOwner, AdminEmail, "Admin", Roles.Admin, list);
        foreach (var video in DemoVideo.All.Where(v => v.Advertiser is null))
        {
            var creative = videos.Use(video.Name, owner, null, clock.Now);
            db.AddRange(creative, new SampleItem { Id = creative.Id });
        }
        foreach (var name in DemoVideo.All.Select(v => v.Advertiser).OfType<string>().Distinct())
            await AddOrganisationAsync(name, OrganisationKind.Advertiser, $"{Slug(name)}@facead.example", name, Roles.Owner, list);
        await db.SaveChangesAsync();
        return list.ToString();
    }

    // With its mark, or not at all.
    async Task<Guid> AddOrganisationAsync(
        string name, OrganisationKind kind, string email, string person, string role, StringBuilder list)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var organisation = await accounts.CreateOrganisationAsync(name, kind);
        var user = await accounts.CreateUserWithHashAsync(organisation, email, hasher.HashPassword(null!, Password), person, role);
        db.AddRange(new SampleItem { Id = organisation.Id }, new SampleItem { Id = user.Id });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        list.Append(role).Append(' ').Append(email).Append(' ').Append(Password).Append('\n');
        return organisation.Id;
    }

    async Task<IReadOnlyList<Guid>> AddBuildingsAsync(string folder, Signers signers)
    {
        List<Guid> sites = [];
        foreach (var building in Building.All)
        {
            var id = Guid.CreateVersion7();
            db.Add(new SampleItem { Id = id }); // before the site, which the registry adds by itself
            await db.SaveChangesAsync();
            await screens.RegisterSiteAsync(building.Name, building.Address, Building.TimeZone, Site.DefaultNotice, Consent, id: id);
            await places.SetAsync(null, id, building.Address, building.Place);
            await using (var picture = building.Facade.Draw(seed: sites.Count))
            {
                if (await pictures.SetAsync(null, id, picture) is { } refusal)
                    throw new InvalidOperationException($"The picture of {building.Name} was refused: {refusal}.");
            }
            foreach (var (name, number) in building.Screens.Select((name, i) => (name, i + 1)))
            {
                // Screens of either kind, so that the demonstration shows both ways of seeing.
                var mode = number % 2 == 1 ? InferenceMode.Server : InferenceMode.Device;
                var (screen, token) = await screens.RegisterAsync(id, name, mode);
                var isLive = sites.Count == 0 && number <= LiveScreens;
                signers.Add(screen.Id, isLive ? Path.Combine(data.Root, $"player-{number}") : null);
                if (isLive) await WriteSecretAsync(TokenFile(folder, number), token + "\n");
                else db.Add(new SampleItem { Id = screen.Id });
            }
            await db.SaveChangesAsync();
            sites.Add(id);
        }
        return sites;
    }

    static string TokenFile(string folder, int number) => Path.Combine(folder, $"screen-{number}.token");

    static async Task WriteSecretAsync(string path, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text);
    }

    static string Slug(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
}
