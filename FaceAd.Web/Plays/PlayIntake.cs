using System.Diagnostics.Metrics;
using FaceAd.Contracts;
using FaceAd.Web.Data;
using FaceAd.Web.Frames;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>Takes play reports: checks each, commits the good ones in one transaction, knows the ones it has.</summary>
sealed class PlayIntake
{
    private const string Insert = """
        INSERT INTO plays (id, screen_id, decision_id, creative_id, campaign_id, organisation_id, started_at, ended_at, day, "end",
                           measured, frames_presented, received_at, exposures_due)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (id) DO NOTHING
        RETURNING 1
        """;

    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;
    private readonly ILogger<PlayIntake> _log;
    private readonly AnalysisGaps _gaps;
    private readonly Counter<long> _plays;

    public PlayIntake(
        IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, AnalysisGaps gaps, TimeProvider time, IMeterFactory meters,
        ILogger<PlayIntake> log)
    {
        (_contexts, _database, _gaps, _time, _log) = (contexts, database, gaps, time, log);
        _plays = meters.Create("FaceAd.Plays").CreateCounter<long>("facead.plays");
    }

    /// <summary>Raised after a commit, with the plays that are new.</summary>
    public event Action<IReadOnlyList<Play>>? Committed;

    public async Task<PlayReceipt> CommitAsync(ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var creatives = await FindCreativesAsync(reports, cancellation);
        List<Play> good = [];
        List<RefusedPlay> refused = [];
        foreach (var report in reports)
        {
            var creative = creatives.GetValueOrDefault(report.CreativeId);
            if (PlayReportRules.FindFault(report, creative?.Seconds, now) is { } fault) refused.Add(new RefusedPlay(report.PlayId, fault));
            else good.Add(ToPlay(screen, report, creative!, now));
        }
        var fresh = await InsertAsync(good, cancellation);
        foreach (var play in fresh)
        {
            _log.LogInformation("Play {PlayId} on screen {ScreenId}: creative {CreativeId}, campaign {CampaignId}, {End} after {Seconds:F1} s, measured {Measured}",
                play.Id, play.ScreenId, play.CreativeId, play.CampaignId, play.End, (play.EndedAt - play.StartedAt).TotalSeconds, play.Measured);
        }
        foreach (var play in refused) _log.LogWarning("Play {PlayId} of screen {ScreenId} refused: {Reason}", play.PlayId, screen.Id, play.Reason);
        _plays.Add(fresh.Count);
        if (fresh.Count > 0) Committed?.Invoke(fresh);
        return new PlayReceipt(fresh.Count, good.Count - fresh.Count, refused);
    }

    private async Task<Dictionary<Guid, Film>> FindCreativesAsync(IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        var ids = reports.Select(r => r.CreativeId).Distinct().ToArray();
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        return await db.Creatives.AsNoTracking().Where(c => ids.Contains(c.Id))
            .Select(c => new Film(c.Id, c.CampaignId, c.OrganisationId, c.Seconds)).ToDictionaryAsync(c => c.Id, cancellation);
    }

    // The player knows whether it watched; this server knows whether it analysed what it was sent. A play of the house loop has no exposures to compute.
    private Play ToPlay(ScreenEntry screen, PlayReport report, Film film, DateTimeOffset now) => new()
    {
        Id = report.PlayId,
        ScreenId = screen.Id,
        DecisionId = report.DecisionId,
        CreativeId = film.Id,
        CampaignId = film.CampaignId,
        OrganisationId = film.OrganisationId,
        StartedAt = report.StartedAt.ToUniversalTime(),
        EndedAt = report.EndedAt.ToUniversalTime(),
        Day = screen.Calendar.DayOf(report.StartedAt),
        End = report.End,
        Measured = report.Measured && !_gaps.Overlaps(screen.Id, report.StartedAt, report.EndedAt),
        FramesPresented = report.FramesPresented,
        ReceivedAt = now,
        ExposuresDue = film.CampaignId is not null,
    };

    private async Task<List<Play>> InsertAsync(List<Play> plays, CancellationToken cancellation)
    {
        if (plays.Count == 0) return [];
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        List<Play> fresh = [];
        foreach (var play in plays.OrderBy(p => p.Id)) // one order for all, so that two batches cannot lock each other out
        {
            var inserted = await connection.QueryAsync(
                Insert,
                [play.Id, play.ScreenId, play.DecisionId, play.CreativeId, play.CampaignId, play.OrganisationId, play.StartedAt, play.EndedAt,
                    play.Day, (int)play.End, play.Measured, play.FramesPresented, play.ReceivedAt, play.ExposuresDue],
                _ => true, cancellation);
            if (inserted.Count > 0) fresh.Add(play);
        }
        await PlayRollups.AddAsync(connection, [.. fresh.Select(p => p.Id)], cancellation);
        await News.AddAsync(connection, NewsKind.Campaign, fresh.Where(p => p.CampaignId is not null).Select(p => p.CampaignId!.Value), cancellation);
        await transaction.CommitAsync(cancellation);
        return fresh;
    }

    private sealed record Film(Guid Id, Guid? CampaignId, Guid OrganisationId, double Seconds);
}
