using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using FaceAd.Web.Frames;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Decisions;

/// <summary>Recognition comes after the report; the cabin learns of it, with the person's exposures so far.</summary>
public sealed class RecognisedRidersTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private static readonly TimeSpan Patience = Wait.Limit;
    private readonly RecognisedRiders _riders = app.Services.GetRequiredService<RecognisedRiders>();
    private readonly LiveAudiences _audiences = app.Services.GetRequiredService<LiveAudiences>();

    private ScreenEntry Screen => app.Services.GetRequiredService<ScreenDirectory>().Find(app.Server.Screen.Id)!;

    [Fact]
    public async Task Report_RiderWasExposedBefore_DecisionKnowsThePersonAndTheExposures()
    {
        var (audience, presence, now) = (Guid.NewGuid(), Guid.NewGuid(), TimeProvider.System.GetUtcNow());
        AudienceReport Report(int sequence, AudienceState state = AudienceState.Open) => Sample.Report(
            audience, sequence, now.AddSeconds(-1), now, state,
            Sample.Viewer(
                Segment.Men2030, now.AddSeconds(-1), now, 1, inView: state == AudienceState.Open,
                views: [Sample.Face(1, 0.2, 2 * sequence), Sample.Face(1, 0.2, (2 * sequence) + 1)], id: presence));

        var (first, next) = await ReportUntilAsync(Report, 1, r => r.Person is not null);
        Assert.Empty(first.Person!.Exposures);

        await using (var db = app.NewContext())
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO person_days (campaign_id, day, screen_id, creative_id, person_id, segment, exposures, first_at)
                VALUES ({app.Campaign.Id}, {DateOnly.FromDateTime(now.UtcDateTime)}, {Screen.Id}, {app.Creative.Id}, {first.Person.Id},
                    {(int)Segment.Men2030}, 3, {now})
                """);
        }
        Explanation? why = null;
        using var watching = app.Services.GetRequiredService<DecisionEngine>().Made.Add(made =>
            why = made.Screen.Id == Screen.Id ? made.Why : why);
        var (second, last) = await ReportUntilAsync(Report, next, r => r.Person?.Exposures.Count > 0);
        Assert.Equal((first.Person.Id, 3), (second.Person!.Id, second.Person.Exposures[app.Campaign.Id]));
        app.Services.GetRequiredService<DecisionEngine>().PlayEnding(Screen.Id, new PlayEnding(app.Creative.Id, TimeSpan.FromSeconds(1)));
        Assert.Equal(3, why!.Cabin.Riders[0].Person!.Exposures[app.Campaign.Id]);
        Assert.True(why.Cabin.Riders[0].Person!.Seen!.Has(app.Campaign.Id, app.Creative.Id));

        await app.Services.GetRequiredService<ReportQueue>().AddAsync(Screen, Report(last, AudienceState.Closed));
        // forgotten with the audience
        Assert.Null(_riders.CabinOf(new LiveAudience(Screen, audience, [Report(last).Presences[0]], now)).Riders[0].Person);
    }

    [Fact]
    public async Task Erasure_OfWhoWasShownAnAd_LeavesNothingOfThemAndWhoStandsElsewhere()
    {
        await using var db = app.NewContext();
        var (elsewhere, _, _, _) = await Sample.AddSiteAsync(db);
        var (erased, kept) = (Of(Screen.SiteId), Of(elsewhere.Id));
        db.AddRange(erased, kept);
        await db.SaveChangesAsync();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var person in new[] { erased, kept })
            _riders.Shown.Add(person.Id, new ShownAd(app.Campaign.Id, app.Creative.Id, 0, now), now);

        await app.Services.GetRequiredService<EpochExpiryWorker>().EraseSiteAsync(Screen.SiteId, default);

        await Wait.UntilAsync(() => _riders.Shown.Of(erased.Id).Count == 0, "nothing is known of who was erased", TimeSpan.FromSeconds(10));
        Assert.Single(_riders.Shown.Of(kept.Id));

        static Person Of(Guid site) => new()
        {
            Id = Guid.NewGuid(),
            SiteId = site,
            Epoch = Sample.Calendar.EpochOf(Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow())),
            Segment = Segment.Men2030,
            FirstSeenAt = TimeProvider.System.GetUtcNow(),
            Template = [1],
        };
    }

    // Exposures are read anew with a report, once the last reading is a few seconds old.
    private async Task<(Rider Rider, int NextSequence)> ReportUntilAsync(
        Func<int, AudienceState, AudienceReport> report, int sequence, Func<Rider, bool> asked)
    {
        var told = new TaskCompletionSource<Rider>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watching = _riders.Changed.Add(screen =>
        {
            if (screen == Screen.Id && _audiences.Find(screen) is { } audience && _riders.CabinOf(audience).Riders is [var rider]
                && asked(rider)) told.TrySetResult(rider);
        });
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!told.Task.IsCompleted)
        {
            await app.Services.GetRequiredService<ReportQueue>().AddAsync(Screen, report(sequence++, AudienceState.Open));
            await timer.WaitForNextTickAsync(patience.Token);
        }
        return (await told.Task, sequence);
    }
}
