using System.Text;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Demo;
using FaceAd.Demo.History;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Demo;

/// <summary>
/// The app on a database that <c>./run</c> has seeded, once cut short and then once more, with little traffic; and real data beside.
/// </summary>
public sealed class SampledApp : AppFixture
{
    public const string RealEmail = "owner@real.example", Password = "a good long password";

    readonly string _media = TestFolders.New("media");

    /// <summary>What the seed that was not cut short said.</summary>
    public string Said { get; private set; } = "";

    /// <summary>When the history ends.</summary>
    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>A real campaign, which ran at a sample screen and at a real one, seen once at each.</summary>
    public Guid RealCampaign { get; private set; }

    /// <summary>A real site with a screen, where a sample campaign ran too.</summary>
    public Guid RealSite { get; private set; }

    /// <summary>The folder with the tokens and the accounts.</summary>
    public string Media => _media;

    /// <summary>Seeds as <c>./run</c> does.</summary>
    /// <param name="progress">Receives what is said.</param>
    public Task<bool> SeedAsync(TextWriter progress) => SeedCommand.RunAsync(
        [$"--Data:Folder={Folder}", $"--ConnectionStrings:FaceAd={ConnectionString}"], _media, new HistoryOptions(Now, 0.1), progress);

    /// <inheritdoc/>
    protected override async Task PrepareAsync()
    {
        await MediaCommand.MakeAsync(DemoVideoTests.Folder, Portraits.Folder, TextWriter.Null, CancellationToken.None);
        Directory.CreateSymbolicLink(Path.Combine(_media, "creatives"), Path.Combine(DemoVideoTests.Folder, "creatives"));
        await Assert.ThrowsAsync<OperationCanceledException>(() => SeedAsync(new CutShort()));
        await using var said = new StringWriter();
        Assert.True(await SeedAsync(said));
        Said = said.ToString();
    }

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var advertiser = await accounts.CreateOrganisationAsync("Real Foods", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(advertiser, RealEmail, Password, "Owner", Roles.Owner);
        var screens = Services.GetRequiredService<ScreenRegistry>();
        RealSite = (await screens.RegisterSiteAsync("Real House", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent)).Id;
        var (real, _) = await screens.RegisterAsync(RealSite, "Lift", InferenceMode.Device);
        await using var db = NewContext();
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        RealCampaign = campaign.Id;
        var sample = await db.Screens.Where(s => s.SiteId != RealSite).OrderBy(s => s.Name).FirstAsync();
        var theirs = await db.Creatives.Where(c => c.CampaignId != null && c.CampaignId != RealCampaign).OrderBy(c => c.Id).FirstAsync();
        await ShowAsync(sample.Id, creative, Now.AddSeconds(-30));
        await ShowAsync(real.Id, creative, Now.AddMinutes(-3));
        await ShowAsync(real.Id, theirs, Now.AddMinutes(-1));
    }

    // One man, who sees a play of ten seconds.
    async Task ShowAsync(Guid screenId, Creative creative, DateTimeOffset from)
    {
        var screen = Services.GetRequiredService<ScreenDirectory>().Find(screenId)!;
        using var sealer = new PlaySealer(screenId);
        var report = sealer.Seal(new PlayReport
        {
            PlayId = Guid.CreateVersion7(),
            DecisionId = Decide(screenId, creative.Id, from),
            CreativeId = creative.Id,
            StartedAt = from,
            EndedAt = from.AddSeconds(10),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 240,
        });
        var receipt = await Services.GetRequiredService<PlayIntake>().CommitAsync(screen, [report], default);
        Assert.Equal(1, receipt.Accepted);
        await Services.GetRequiredService<AudienceIntake>().CommitAsync(screen, Sample.Ride(from, Sample.Face(7)), default);
        var exposures = Services.GetRequiredService<ExposureStore>();
        while ((await exposures.UpdateAsync(screen.SiteId, ExposureCalculator.DefaultThreshold, default)).More)
        {
        }
    }

    // Ends the seed where a kill might, amid the history.
    sealed class CutShort : TextWriter
    {
        int _lines;

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value) =>
            ++_lines < 3 ? Task.CompletedTask : throw new OperationCanceledException();
    }
}
