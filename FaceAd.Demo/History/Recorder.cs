using FaceAd.Core;
using FaceAd.Demo.History.Riders;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.Extensions.Configuration;

namespace FaceAd.Demo.History;

/// <summary>
/// Hands what happened to the stages that would have received it from screens, and lets those that follow compute what follows: people,
/// exposures and sums, and the end of epochs.
/// </summary>
/// <param name="audiences">Takes audience reports.</param>
/// <param name="plays">Takes play reports.</param>
/// <param name="decisions">Takes decisions.</param>
/// <param name="exposures">Computes exposures.</param>
/// <param name="epochs">Ends epochs.</param>
/// <param name="configuration">Configuration of the web app.</param>
sealed class Recorder(
    AudienceIntake audiences, PlayIntake plays, DecisionWriter decisions, ExposureStore exposures, EpochExpiryWorker epochs,
    IConfiguration configuration)
{
    const int DecisionsAtOnce = 200; // that the writer takes
    const int ReportsAtOnce = 2_000; // well below what the queue of reports holds

    readonly TimeSpan _threshold = configuration.GetValue("Exposures:Threshold", ExposureCalculator.DefaultThreshold);

    /// <summary>Begins to take.</summary>
    public async Task StartAsync()
    {
        await audiences.StartAsync(CancellationToken.None);
        await plays.StartAsync(CancellationToken.None);
    }

    /// <summary>Commits what is left and stops.</summary>
    public async Task StopAsync()
    {
        await audiences.StopAsync(CancellationToken.None);
        await plays.StopAsync(CancellationToken.None);
    }

    /// <summary>Commits what happened.</summary>
    /// <param name="rides">Rides, with their screens.</param>
    /// <param name="reports">Sealed play reports, with their screens.</param>
    /// <param name="decided">Decisions.</param>
    public Task WriteAsync(
        IReadOnlyList<(ScreenEntry Screen, Ride Ride)> rides, IReadOnlyList<(ScreenEntry Screen, PlayReport Report)> reports,
        IReadOnlyList<Decision> decided) => Task.WhenAll(WriteAsync(rides), WriteAsync(reports), WriteAsync(decided));

    /// <summary>Computes the exposures of what has been committed.</summary>
    /// <param name="sites">The sites.</param>
    public Task CountAsync(IEnumerable<Guid> sites) => Task.WhenAll(sites.Select(async site =>
    {
        while ((await exposures.UpdateAsync(site, _threshold, CancellationToken.None)).More)
        {
        }
    }));

    /// <summary>Destroys the people of epochs that are over.</summary>
    public Task EndEpochsAsync() => epochs.RunCycleAsync(CancellationToken.None);

    async Task WriteAsync(IReadOnlyList<(ScreenEntry Screen, Ride Ride)> rides)
    {
        foreach (var some in rides.Chunk(ReportsAtOnce))
            await Task.WhenAll(some.Select(r => audiences.CommitAsync(r.Screen, r.Ride.Report(), CancellationToken.None)));
    }

    async Task WriteAsync(IReadOnlyList<(ScreenEntry Screen, PlayReport Report)> reports)
    {
        var receipts = await Task.WhenAll(reports.GroupBy(r => r.Screen).Select(g =>
            plays.CommitAsync(g.Key, [.. g.Select(r => r.Report)], CancellationToken.None)));
        if (receipts.Any(r => r.Accepted == 0 || r.Disputed > 0 || r.Refused.Count > 0))
            throw new InvalidOperationException("Some plays of the sample data were not accepted.");
    }

    async Task WriteAsync(IReadOnlyList<Decision> decided)
    {
        foreach (var some in decided.Chunk(DecisionsAtOnce))
        {
            foreach (var decision in some) decisions.Write(decision);
            await decisions.RunCycleAsync(CancellationToken.None);
        }
    }
}
