using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Campaigns;

/// <summary>Why a film was not taken.</summary>
public enum CreativeRefusal
{
    /// <summary>There is no such campaign for this person, or it can not be changed now.</summary>
    CampaignClosed = 0,

    /// <summary>Larger than <see cref="MediaOptions.MaxUploadBytes"/>.</summary>
    TooLarge = 1,

    /// <summary>Not an MP4 with a picture.</summary>
    NotAFilm = 2,

    /// <summary>The picture is not H.264.</summary>
    WrongCodec = 3,

    /// <summary>A side is shorter than 160 or longer than 4,096 pixels.</summary>
    WrongSize = 4,

    /// <summary>Shorter than a second.</summary>
    TooShort = 5,

    /// <summary>Longer than 60 seconds.</summary>
    TooLong = 6,

    /// <summary>It breaks off, or could not be decoded in the time allowed.</summary>
    Damaged = 7,
}

/// <summary>What became of a film: the creative, or why there is none.</summary>
/// <param name="Creative">The creative; null when refused.</param>
/// <param name="Refusal">Why; null when taken.</param>
public readonly record struct IntakeOutcome(Creative? Creative, CreativeRefusal? Refusal);

/// <summary>Takes films in: checks them and keeps what players play. What a stranger sent is never kept as it came.</summary>
public sealed class CreativeIntake
{
    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly MediaStore _store;
    private readonly FilmTool _tool;
    private readonly MediaOptions _options;
    private readonly CampaignNews _news;
    private readonly TimeProvider _clock;
    private readonly ILogger<CreativeIntake> _log;

    internal CreativeIntake(
        IDbContextFactory<FaceAdDbContext> contexts, MediaStore store, FilmTool tool, IOptions<MediaOptions> options,
        CampaignNews news, TimeProvider clock, ILogger<CreativeIntake> log)
    {
        (_contexts, _store, _tool, _options, _news, _clock, _log) = (contexts, store, tool, options.Value, news, clock, log);
    }

    /// <summary>Receives an upload for a campaign that may be changed. Streams to disk; leaves nothing behind when it refuses.</summary>
    /// <param name="viewer">Who sends it.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="name">Name of the file as the sender had it.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IntakeOutcome> ReceiveAsync(Viewer viewer, Guid campaignId, string name, Stream content, CancellationToken cancellation)
    {
        if (await OwnerAsync(viewer, campaignId, cancellation) is not { } owner) return Refused(CreativeRefusal.CampaignClosed);
        var received = _store.NewIncoming();
        try
        {
            if (!await SaveAsync(content, received, cancellation)) return Refused(CreativeRefusal.TooLarge);
            var outcome = await KeepAsync(received, viewer, owner, campaignId, name, cancellation);
            _log.LogInformation("Film for campaign {Campaign}: {Outcome}", campaignId, outcome.Refusal?.ToString() ?? outcome.Creative!.Sha256);
            _news.Tell();
            return outcome;
        }
        finally
        {
            File.Delete(received);
        }
    }

    /// <summary>Takes a film of our own making, which is kept as it is when players can play it so.</summary>
    /// <param name="path">The file; it stays where it is.</param>
    /// <param name="organisationId">Who owns the film.</param>
    /// <param name="campaignId">The campaign; null for the house loop.</param>
    /// <param name="name">Name for people; at most 120 characters are kept.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IntakeOutcome> ImportAsync(string path, Guid organisationId, Guid? campaignId, string name, CancellationToken cancellation = default)
    {
        var copy = _store.NewIncoming();
        try
        {
            File.Copy(path, copy);
            return await KeepAsync(copy, sender: null, organisationId, campaignId, name, cancellation);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    // Without a sender it is a film of our own.
    private async Task<IntakeOutcome> KeepAsync(
        string received, Viewer? sender, Guid organisationId, Guid? campaignId, string name, CancellationToken cancellation)
    {
        if (await FilmTool.ProbeAsync(received, cancellation) is not { } film) return Refused(CreativeRefusal.NotAFilm);
        if (film.Refusal is { } refusal) return Refused(refusal);
        var encoded = _store.NewIncoming();
        try
        {
            if (sender is null && film.FitsPlayer) File.Copy(received, encoded);
            else if (!await _tool.EncodeAsync(film, received, encoded, cancellation)) return Refused(CreativeRefusal.Damaged);
            // A film that breaks off encodes without an error, only shorter.
            if (await FilmTool.ProbeAsync(encoded, cancellation) is not { } kept || kept.Seconds < film.Seconds - Math.Max(0.5, film.Seconds * 0.05))
                return Refused(CreativeRefusal.Damaged);
            var (sha256, bytes) = await _store.AdoptAsync(encoded, cancellation);
            var creative = new Creative
            {
                OrganisationId = organisationId,
                CampaignId = campaignId,
                Name = Tidy(name),
                Sha256 = sha256,
                Bytes = bytes,
                Seconds = kept.Seconds,
                Width = kept.Width,
                Height = kept.Height,
                CreatedAt = _clock.GetUtcNow(),
            };
            return await AddAsync(creative, sender, cancellation) ? new IntakeOutcome(creative, null) : Refused(CreativeRefusal.CampaignClosed);
        }
        finally
        {
            File.Delete(encoded);
        }
    }

    /// <summary>Writes the row. A campaign may have been handed in while its film was being encoded; it must not change under the reviewer.</summary>
    private async Task<bool> AddAsync(Creative creative, Viewer? sender, CancellationToken cancellation)
    {
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (sender is not null)
        {
            var campaign = await db.Campaigns.FromSql($"SELECT * FROM campaigns WHERE id = {creative.CampaignId} FOR UPDATE").SingleOrDefaultAsync(cancellation);
            if (campaign is null || !CampaignSteps.Editable(campaign.State)) return false;
            db.Audit(sender, creative.CreatedAt, AuditVerb.FilmUploaded, AuditSubject.Campaign, campaign.Id, campaign.Name, ("film", creative.Name));
        }
        db.Creatives.Add(creative);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private async Task<Guid?> OwnerAsync(Viewer viewer, Guid campaignId, CancellationToken cancellation)
    {
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        return await db.Campaigns
            .Where(c => c.Id == campaignId && (viewer.IsAdmin || c.OrganisationId == viewer.OrganisationId))
            .Where(c => c.State == CampaignState.Draft || c.State == CampaignState.Rejected)
            .Select(c => (Guid?)c.OrganisationId)
            .SingleOrDefaultAsync(cancellation);
    }

    private async Task<bool> SaveAsync(Stream content, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 81920, useAsync: true);
        var buffer = new byte[81920];
        long total = 0;
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            total += read;
            if (total > _options.MaxUploadBytes) return false;
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        return true;
    }

    /// <summary>A file name as a name for people: no folders, no extension, no control characters.</summary>
    private static string Tidy(string name)
    {
        var bare = Path.GetFileNameWithoutExtension(name.Replace('\\', '/'));
        var clean = new string([.. bare.Where(c => !char.IsControl(c))]).Trim();
        return clean.Length == 0 ? "film" : clean.Length > 120 ? clean[..120] : clean;
    }

    private static IntakeOutcome Refused(CreativeRefusal refusal) => new(null, refusal);
}
