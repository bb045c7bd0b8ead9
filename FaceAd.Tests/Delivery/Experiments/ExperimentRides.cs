using FaceAd.Core;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Delivery.Experiments;

/// <summary>Rides in front of the creatives of an experiment.</summary>
static class ExperimentRides
{
    /// <summary>Rides of 12 s, each with as much attention as its rider usually has; the ad runs during it.</summary>
    /// <param name="facts">Takes them; the same for all days, or nobody is known from before.</param>
    /// <param name="screen">The screen.</param>
    /// <param name="day">The day.</param>
    /// <param name="rides">Who rides, and what is shown.</param>
    public static async Task RideAsync(Facts facts, ScreenEntry screen, DateOnly day, IEnumerable<(int Face, Guid Creative)> rides)
    {
        foreach (var (ride, (face, creative)) in rides.Index())
        {
            var from = Sample.Calendar.StartOf(day).AddHours(9).AddMinutes(ride);
            var viewer = Sample.Viewer(
                Segment.Men2030, from, from.AddSeconds(12), inView: false,
                views: [Sample.Face(face, 0.3, (day.DayNumber * 100) + ride), Sample.Face(face, 0.3, (day.DayNumber * 100) + ride + 50)])
                with
            { SecondsAttentive = 1 + (face % 10) };
            await facts.SeeAsync(
                screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(12), AudienceState.Closed, viewer));
            await facts.PlayAsync(screen, new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = creative,
                StartedAt = from.AddSeconds(1),
                EndedAt = from.AddSeconds(11),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 240,
            });
        }
        await facts.UpdateExposuresAsync();
    }

    /// <summary>Another creative of the same campaign.</summary>
    public static Creative Another(Creative creative, int number) => new()
    {
        OrganisationId = creative.OrganisationId,
        CampaignId = creative.CampaignId,
        Name = $"Creative {number}",
        Sha256 = new string('b', 64),
        Bytes = 1,
        Seconds = 10,
        Width = 640,
        Height = 360,
        CreatedAt = creative.CreatedAt.AddSeconds(number),
    };

    /// <summary>A day of an experiment as if it had been counted.</summary>
    /// <param name="db">The database.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="one">The first arm's people.</param>
    /// <param name="other">The second one's.</param>
    /// <param name="day">Which, from 0.</param>
    public static async Task CountAsync(FaceAdDbContext db, Experiment experiment, ArmSums one, ArmSums other, int day = 0)
    {
        db.AddRange(new[] { one, other }.Select((sums, arm) => new ExperimentDay
        {
            ExperimentId = experiment.Id,
            Day = experiment.FirstDay.AddDays(day),
            CreativeId = experiment.CreativeIds[arm],
            People = (int)sums.People,
            Sum = sums.Sum,
            SumOfSquares = sums.SumOfSquares,
            Own = (int)sums.People,
            Other = (int)sums.People / 4,
        }));
        await db.SaveChangesAsync();
        await db.Set<Experiment>().Where(e => e.Id == experiment.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(e => e.CountedTo, experiment.FirstDay.AddDays(day)));
    }

    /// <summary>A campaign with two creatives and an experiment that has run for two days.</summary>
    /// <param name="app">The app.</param>
    /// <param name="owner">The advertiser.</param>
    public static async Task<Guid> AddAsync(PeopleFixture app, Organisation owner)
    {
        var campaign = await app.AddCampaignAsync(owner, CampaignState.Approved);
        await using var db = app.NewContext();
        db.AddRange(Of(campaign), Another(Of(campaign), 1));
        await db.SaveChangesAsync();
        Guid[] creatives = [.. (await ExperimentService.CreativesAsync(db, campaign.Id)).Select(c => c.Id)];
        var (experiment, _) = await app.Services.GetRequiredService<ExperimentService>().StartAsync(
            new Viewer(owner.Id, false), campaign.Id, new(ExperimentMetric.Attention, 0.03, creatives[0], true));
        await CountAsync(db, experiment!, new(400, 160, 90), new(400, 180, 105));
        await CountAsync(db, experiment!, new(300, 120, 70), new(300, 135, 80), day: 1);
        return campaign.Id;
    }

    /// <summary>A creative of a campaign.</summary>
    public static Creative Of(Campaign campaign) => new()
    {
        OrganisationId = campaign.OrganisationId,
        CampaignId = campaign.Id,
        Name = "Creative",
        Sha256 = new string('a', 64),
        Bytes = 1,
        Seconds = 10,
        Width = 640,
        Height = 360,
        CreatedAt = campaign.CreatedAt,
    };
}
