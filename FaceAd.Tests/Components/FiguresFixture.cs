using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components;

/// <summary>The app with a campaign that six people saw at screen A, and two of them once more at screen B.</summary>
public sealed class FiguresFixture : AppFixture
{
    public const string Advertiser = "figures@facead.example", Admin = "boss@facead.example";

    private const string Password = "a good long password";

    /// <summary>The campaign.</summary>
    public Campaign Campaign { get; private set; } = null!;

    /// <summary>The screen that two people saw.</summary>
    public ScreenEntry B { get; private set; } = null!;

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        await using var db = NewContext();
        var (_, advertiser, a, b) = await Sample.AddSiteAsync(db);
        B = b;
        await accounts.CreateUserAsync(advertiser, Advertiser, Password, "Advertiser", Roles.Advertiser);
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        await accounts.CreateUserAsync(owner, Admin, Password, "Administrator", Roles.Admin);
        (Campaign, var creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        // Noon of a day: no midnight falls between the rides.
        var noon = Sample.Calendar.StartOf(Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow().AddHours(-13))).AddHours(12);
        (Campaign.StartsOn, Campaign.EndsOn) = (Sample.Calendar.DayOf(noon), Sample.Calendar.DayOf(noon));
        await db.SaveChangesAsync();
        await Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        (ScreenEntry Screen, int Face)[] rides = [(a, 1), (a, 2), (a, 3), (a, 4), (a, 5), (a, 6), (b, 1), (b, 2)];
        foreach (var (ride, (screen, face)) in rides.Index())
        {
            var from = noon.AddMinutes(ride);
            var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(30), inView: false,
                views: [Sample.Face(face, 0.3, ride), Sample.Face(face, 0.3, 50 + ride)]);
            await Services.GetRequiredService<AudienceIntake>().CommitAsync(
                screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(30), AudienceState.Closed, viewer), default);
            await Services.GetRequiredService<PlayIntake>().CommitAsync(screen, DeviceClient.Keys.Sign(screen.Id, [new PlayReport
            {
                PlayId = Guid.NewGuid(),
                DecisionId = Decide(screen.Id, creative.Id, from),
                CreativeId = creative.Id,
                StartedAt = from.AddSeconds(5),
                EndedAt = from.AddSeconds(15),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 240,
            }]), default);
        }
        await Wait.UntilAsync(async () => await db.Exposures.CountAsync() >= 8, "the exposures are computed");
    }
}
