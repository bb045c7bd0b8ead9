using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>Forecasts each campaign once, soon after it was booked, and keeps that. Several nodes may try; the first one's stays.</summary>
sealed class ForecastKeeper(
    IDbContextFactory<FaceAdDbContext> contexts, ForecastReader forecasts, TimeProvider time, ILogger<ForecastKeeper> log)
    : BackgroundService
{
    private const int MostOfACycle = 50;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>What was forecast of a campaign; null when that has not happened.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public async Task<StoredForecast?> FindAsync(Guid campaign, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Set<StoredForecast>().AsNoTracking().SingleOrDefaultAsync(f => f.CampaignId == campaign, cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Booked campaigns could not be forecast ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Forecasts what is booked and was not forecast.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime); // some site's; a day more or less matters to none
        List<Guid> due;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            due = await db.Campaigns.Where(c => c.State == CampaignState.Approved && c.DeletedAt == null && c.EndsOn >= today
                    && !db.Set<StoredForecast>().Any(f => f.CampaignId == c.Id))
                .OrderBy(c => c.Id).Select(c => c.Id).Take(MostOfACycle).ToListAsync(cancellation);
        }
        if (due.Count == 0) return 0;
        var booked = (await forecasts.BookedAsync(cancellation)).ToDictionary(c => c.Id);
        var made = 0;
        foreach (var id in due)
        {
            if (!booked.TryGetValue(id, out var campaign)) continue; // approved just now
            var forecast = (await forecasts.ReadAsync(campaign, cancellation)).Make();
            if (forecast.Weeks == 0) break; // nothing is known of anybody yet
            var reach = forecast.ShownReach(exact: false); // advertisers read it
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            var (all, of) = (forecast.Impressions, reach?.Share);
            made += await db.Database.ExecuteSqlAsync($"""
                INSERT INTO campaign_forecasts
                    (campaign_id, at, impressions, impressions_low, impressions_high, reach, reach_low, reach_high, reach_from, reach_to)
                SELECT id, {time.GetUtcNow()}, {all.Value}, {all.Low}, {all.High}, {of?.Value}, {of?.Low}, {of?.High},
                    {reach?.From}, {reach?.To}
                FROM campaigns WHERE id = {campaign.Id} ON CONFLICT DO NOTHING
                """, cancellation);
        }
        return made;
    }
}
