using FaceAd.Core;
using FaceAd.Demo.History.Bookings;
using FaceAd.Demo.History.Riders;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Notifications;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Demo.History;

/// <summary>
/// Makes six weeks of history, day by day on a clock of its own: simulated passengers, what the decisions' rules showed them, and what the
/// product's own stages make of both. The same day and seed give the same history.
/// </summary>
/// <param name="book">Books campaigns.</param>
/// <param name="recorder">Receives what happened.</param>
/// <param name="snapshots">Reads the campaigns that may run.</param>
/// <param name="seals">Makes the identities of decisions.</param>
/// <param name="forecasts">Forecasts what is booked.</param>
/// <param name="visits">Counts how often people came.</param>
/// <param name="screens">The screens.</param>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
/// <param name="chance">Chance.</param>
/// <param name="options">How much.</param>
sealed class PastSeed(
    CampaignBook book, Recorder recorder, SnapshotReader snapshots, DecisionSeals seals, ForecastKeeper forecasts, VisitCounter visits,
    ScreenDirectory screens, IDbContextFactory<FaceAdDbContext> contexts, HistoryClock clock, Chance chance, HistoryOptions options)
{
    /// <summary>Whole days before today.</summary>
    public const int Days = 42;

    /// <summary>The seed of chance.</summary>
    public const int Seed = 20_240_101;

    const double Glitches = 0.01; // share of plays during which a frame was lost
    const double OfAiling = 0.4;
    static readonly TimeSpan Settled = TimeSpan.FromMinutes(3); // a ride that is younger may not have ended

    readonly Programme _programme = new();

    /// <summary>Makes the history.</summary>
    /// <param name="sites">The sites, in the order of <see cref="Building.All"/>.</param>
    /// <param name="signers">The keys of the screens.</param>
    /// <param name="progress">Receives a line for each week.</param>
    public async Task RunAsync(IReadOnlyList<Guid> sites, Signers signers, TextWriter progress)
    {
        var traffic = Building.All.Select(b => new Traffic(b, new Faces(chance), chance)).ToList();
        var showing = new Showing(_programme, seals, chance);
        var calendar = SiteCalendar.Default;
        var today = calendar.DayOf(options.Now);
        ScreenEntry[][] entries = [.. sites.Select((site, i) =>
            Building.All[i].Screens.Select(name => screens.All.Single(s => s.SiteId == site && s.Name == name)).ToArray())];
        await seals.StartAsync(CancellationToken.None);
        await recorder.StartAsync();
        for (var day = -Days; day <= 0; day++)
        {
            var date = today.AddDays(day);
            await book.RunAsync(calendar.StartOf(date), day, sites);
            clock.Now = calendar.StartOf(date);
            await snapshots.RefreshAsync();
            _programme.Renew(snapshots.Current);
            await forecasts.RunCycleAsync(CancellationToken.None);
            clock.Now = day == 0 ? options.Now : calendar.StartOf(date.AddDays(1));
            await RecordAsync(
                traffic.SelectMany((t, i) => t.On(calendar, date, options.Share).Select(r => (Building: i, Ride: r))), entries, showing,
                signers);
            if (date.DayOfWeek == DayOfWeek.Sunday || day == 0)
            {
                await recorder.CountAsync(sites);
                await visits.RunCycleAsync(CancellationToken.None);
                await progress.WriteLineAsync($"sample data up to {date:yyyy-MM-dd}");
            }
            await recorder.EndEpochsAsync();
        }
        await recorder.StopAsync();
        await using var db = await contexts.CreateDbContextAsync();
        // Long enough ago that nobody is told of their silence: there are no players, or they are about to connect.
        await db.Screens.ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, options.Now.AddMinutes(-10)));
        // Who uses the product daily has read what came before today.
        var since = calendar.StartOf(today);
        await db.Set<Notification>().Where(n => n.CreatedAt < since)
            .ExecuteUpdateAsync(s => s.SetProperty(n => n.ReadAt, n => n.CreatedAt.AddHours(1)));
        await db.Database.ExecuteSqlAsync($"ANALYZE");
    }

    Task RecordAsync(
        IEnumerable<(int Building, Ride Ride)> day, ScreenEntry[][] entries, Showing showing, Signers signers)
    {
        List<(ScreenEntry, Ride)> rides = [];
        List<(ScreenEntry, PlayReport)> reports = [];
        List<Decision> decided = [];
        Dictionary<Guid, DateTimeOffset> busyUntil = [];
        foreach (var (building, ride) in day.OrderBy(r => r.Ride.OpenedAt))
        {
            var screen = entries[building][ride.Screen];
            if (ride.ClosedAt > options.Now - Settled || ride.OpenedAt < busyUntil.GetValueOrDefault(screen.Id)) continue;
            var outages = Outage.All.Where(o => o.Building == building && o.Screen == ride.Screen).ToList();
            if (outages.Exists(o => o.Holds(options.Today, ride.OpenedAt))) continue;
            var ailing = outages.Exists(o => o.Holds(options.Today, ride.OpenedAt, Outage.Ailing));
            var (decisions, plays) = showing.Run(screen, ride, ailing ? OfAiling : Glitches);
            busyUntil[screen.Id] = plays.Count > 0 && plays[^1].EndedAt > ride.ClosedAt ? plays[^1].EndedAt : ride.ClosedAt;
            rides.Add((screen, ride));
            decided.AddRange(decisions);
            foreach (var play in plays) reports.Add((screen, signers.Seal(screen.Id, play)));
        }
        return recorder.WriteAsync(rides, reports, decided);
    }
}
