using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Delivery;

/// <summary>
/// Writes into the audit log, two days after a campaign with a goal has ended, what was booked, delivered, charged and credited: once for
/// each end, whichever node does it. Definition: docs/metrics.md, "Guarantee".
/// </summary>
sealed class Settlements(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<Settlements> log) : BackgroundService
{
    /// <summary>Days after the end, for plays that come late.</summary>
    public const int DaysAfter = 2;

    /// <summary>Days after the end from which nothing is settled any more.</summary>
    public const int DaysBack = 60;

    private const int MostOfACycle = 100;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                while (await RunCycleAsync(stoppingToken) == MostOfACycle)
                {
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Ended campaigns could not be settled ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Settles what has ended and was not settled.</summary>
    /// <returns>How many were looked at.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var due = await db.Campaigns.FromSql($"""
            SELECT * FROM campaigns c
            WHERE state = ANY ({new[] { (int)CampaignState.Approved, (int)CampaignState.Paused }})
                AND (price_model = {(int)PriceModel.PerThousand} OR delivery ->> 'Goal' IS NOT NULL)
                AND ends_on BETWEEN {today.AddDays(-DaysBack)} AND {today.AddDays(-DaysAfter - 1)}
                AND NOT EXISTS (SELECT FROM audit_entries WHERE once_key = 'settled:' || c.id || ':' || c.ends_on)
            ORDER BY ends_on LIMIT {MostOfACycle}
            """).Include(c => c.Total).AsNoTracking().ToListAsync(cancellation);
        if (due.Count == 0) return 0;
        var calendars = await AccruedCost.CalendarsAsync(db, [.. due.Select(c => c.Id)], cancellation);
        await db.Database.OpenConnectionAsync(cancellation);
        foreach (var campaign in due)
        {
            var delivered = campaign.Total?.TargetImpressions ?? 0;
            var pacing = Pacing.Of(campaign, calendars[campaign.Id], now, delivered);
            Dictionary<string, string> told = new()
            {
                ["goal"] = Number(pacing.Goal ?? 0),
                ["delivered"] = Number(delivered),
                ["cost"] = Number(pacing.AccruedKrw ?? 0),
            };
            if (pacing.CreditKrw.Value is { } credit) told["credit"] = Number((long)credit);
            var entry = AuditLog.Entry(
                null, now, AuditVerb.CampaignSettled, AuditSubject.Campaign, campaign.Id, campaign.Name, told,
                KeyOf(campaign));
            await AuditLog.AddAsync((NpgsqlConnection)db.Database.GetDbConnection(), entry, cancellation);
        }
        return due.Count;
    }

    /// <summary>The key of the entry for a campaign's present end, see <see cref="AuditEntry.OnceKey"/>.</summary>
    /// <param name="campaign">The campaign.</param>
    internal static string KeyOf(Campaign campaign) =>
        string.Create(CultureInfo.InvariantCulture, $"settled:{campaign.Id}:{campaign.EndsOn:yyyy-MM-dd}");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
