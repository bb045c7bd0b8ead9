using FaceAd.Core;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>A house loop and running campaigns whose videos are plain colours, imported by the app itself.</summary>
internal sealed class PlainCampaigns
{
    /// <summary>Name of the house loop's video.</summary>
    public const string House = "house";

    private readonly AppFixture _app;
    private readonly TimeProvider _time;
    private readonly string _folder = TestFolders.New("videos");
    private readonly Dictionary<string, string> _names = [];

    private PlainCampaigns(AppFixture app, TimeProvider time, Organisation owner, Organisation advertiser) =>
        (_app, _time, Owner, Advertiser) = (app, time, owner, advertiser);

    /// <summary>The media owner.</summary>
    public Organisation Owner { get; }

    /// <summary>Whose campaigns they are.</summary>
    public Organisation Advertiser { get; }

    /// <summary>How many videos there are.</summary>
    public int Videos => _names.Count;

    /// <summary>Adds the organisations, and the house loop.</summary>
    /// <param name="app">The app, which has started.</param>
    /// <param name="colour">Colour of the house loop, such as 1414DC.</param>
    /// <param name="seconds">Its length.</param>
    public static async Task<PlainCampaigns> StartAsync(AppFixture app, string colour, double seconds)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var campaigns = new PlainCampaigns(
            app, app.Services.GetRequiredService<TimeProvider>(),
            await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner),
            await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser));
        await campaigns.ImportAsync(campaigns.Owner, null, House, colour, seconds);
        return campaigns;
    }

    /// <summary>Adds an approved campaign for one segment, from yesterday on for ten days.</summary>
    /// <param name="name">Its name, and its video's.</param>
    /// <param name="target">The segment.</param>
    /// <param name="colour">Colour of its video.</param>
    /// <param name="seconds">Length of its video.</param>
    /// <param name="book">What else is booked.</param>
    public async Task<Campaign> AddAsync(string name, Segment target, string colour, double seconds, Action<Campaign>? book = null)
    {
        var now = _time.GetUtcNow();
        var today = Sample.Calendar.DayOf(now);
        var campaign = new Campaign
        {
            OrganisationId = Advertiser.Id,
            Name = name,
            State = CampaignState.Approved,
            StartsOn = today.AddDays(-1),
            EndsOn = today.AddDays(8),
            Targets = [target],
            BudgetKrw = 1_000_000,
            CreatedAt = now,
        };
        book?.Invoke(campaign);
        await using var db = _app.NewContext();
        db.Add(campaign);
        await db.SaveChangesAsync();
        await ImportAsync(Advertiser, campaign.Id, name, colour, seconds);
        return campaign;
    }

    /// <summary>The name of the campaign whose video it is, or <see cref="House"/>.</summary>
    /// <param name="address">The address of a video on a player's page.</param>
    public string NameOf(string address) => _names[Path.GetFileNameWithoutExtension(new Uri(address).AbsolutePath)];

    private async Task ImportAsync(Organisation owner, Guid? campaign, string name, string colour, double seconds)
    {
        var path = Path.Combine(_folder, name.Replace(' ', '-') + ".mp4");
        await TestClips.MakeAsync(path, FormattableString.Invariant($"color=c=0x{colour}:s=640x360:r=15:d={seconds}"));
        var outcome = await _app.Services.GetRequiredService<CreativeIntake>().ImportAsync(path, owner.Id, campaign, name);
        Assert.Null(outcome.Refusal);
        await using var db = _app.NewContext();
        _names.Add(db.Creatives.Single(c => c.CampaignId == campaign && c.Name == name).Sha256, name); // no two look the same
    }
}
