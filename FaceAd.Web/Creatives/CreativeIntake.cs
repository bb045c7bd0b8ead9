using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives;

/// <summary>Result of an upload: the creative, or why it was refused.</summary>
/// <param name="Creative">The creative; null when refused.</param>
/// <param name="Refusal">The reason; null when accepted.</param>
readonly record struct IntakeOutcome(Creative? Creative, CreativeRefusal? Refusal);

/// <summary>Accepts whole videos: uploads in a single request, which wait their turn in the queue, and our own videos.</summary>
sealed class CreativeIntake
{
    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly CreativeUploads _uploads;
    private readonly UploadReceiver _receiver;
    private readonly VideoTranscoder _maker;
    private readonly UploadFolder _folder;
    private readonly MediaOptions _options;
    private readonly TimeProvider _clock;

    internal CreativeIntake(
        IDbContextFactory<FaceAdDbContext> contexts, CreativeUploads uploads, UploadReceiver receiver, VideoTranscoder maker,
        UploadFolder folder, IOptions<MediaOptions> options, TimeProvider clock)
    {
        (_contexts, _uploads, _receiver, _maker, _folder, _options, _clock) =
            (contexts, uploads, receiver, maker, folder, options.Value, clock);
    }

    /// <summary>
    /// Receives a video for a campaign and waits until it is processed. Streams to disk; leaves nothing behind when it is refused.
    /// </summary>
    /// <param name="viewer">The uploading user.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="name">The sender's file name.</param>
    /// <param name="content">The content.</param>
    /// <param name="bytes">Its length; null when unknown.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IntakeOutcome> ReceiveAsync(
        Viewer viewer, Guid campaignId, string name, Stream content, long? bytes, CancellationToken cancellation)
    {
        var (upload, refusal) = await AcceptAsync(
            viewer, new UploadPlan(campaignId, name, bytes ?? _options.MaxUploadBytes), content, bytes, cancellation);
        if (upload is null) return Refused(refusal!.Value);
        try
        {
            var end = await _uploads.EndOfAsync(viewer, upload.Id, null, cancellation);
            if (end is not { State: UploadState.Done })
            {
                if (end is { MayRetry: true }) await _uploads.CancelAsync(viewer, upload.Id); // the caller has no id to retry it with
                return Refused(end?.Failure ?? CreativeRefusal.CampaignClosed);
            }
            await using var made = await _contexts.CreateDbContextAsync(cancellation);
            return new IntakeOutcome(
                await made.Creatives.IgnoreQueryFilters().AsNoTracking().SingleAsync(c => c.Id == end.CreativeId, cancellation), null);
        }
        catch (OperationCanceledException)
        {
            await _uploads.CancelAsync(viewer, upload.Id);
            throw;
        }
    }

    /// <summary>Receives a whole video and queues it; the upload reports the outcome. Streams to disk.</summary>
    /// <param name="viewer">The uploading user.</param>
    /// <param name="plan">What will be uploaded; its length is the most that is accepted.</param>
    /// <param name="content">The content.</param>
    /// <param name="bytes">Its length; null when unknown.</param>
    /// <param name="cancellation">Cancels the operation; nothing is left behind.</param>
    /// <returns>The upload, or why it was refused.</returns>
    public async Task<(CreativeUpload? Upload, CreativeRefusal? Refusal)> AcceptAsync(
        Viewer viewer, UploadPlan plan, Stream content, long? bytes, CancellationToken cancellation)
    {
        if (bytes == 0) return (null, CreativeRefusal.NotAMediaFile);
        var (upload, refusal) = await _uploads.BeginAsync(viewer, plan);
        if (upload is null) return (null, refusal);
        try
        {
            var (receipt, arrived) = await _receiver.AppendAsync(upload.Id, 0, upload.Bytes, content, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (receipt != Receipt.Taken || (bytes is not null && arrived != bytes) || arrived == 0)
            {
                await _uploads.CancelAsync(viewer, upload.Id);
                return (null, receipt == Receipt.TooLong ? CreativeRefusal.TooLarge : CreativeRefusal.NotAMediaFile);
            }
            if (arrived != upload.Bytes)
            {
                upload.Bytes = arrived;
                await using var db = await _contexts.CreateDbContextAsync(cancellation);
                await db.Set<CreativeUpload>().Where(u => u.Id == upload.Id)
                    .ExecuteUpdateAsync(s => s.SetProperty(u => u.Bytes, arrived), cancellation);
            }
            await _uploads.ArrivedAsync(upload, arrived);
            return (upload, null);
        }
        catch (OperationCanceledException)
        {
            await _uploads.CancelAsync(viewer, upload.Id);
            throw;
        }
    }

    /// <summary>Imports one of our own videos, which is stored unchanged if players can play it.</summary>
    /// <param name="path">The file; it stays where it is.</param>
    /// <param name="organisationId">The owner.</param>
    /// <param name="campaignId">The campaign; null for the house loop.</param>
    /// <param name="name">Display name; cut to 120 characters.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IntakeOutcome> ImportAsync(
        string path, Guid organisationId, Guid? campaignId, string name, CancellationToken cancellation = default)
    {
        var copy = _folder.NewScratch();
        try
        {
            File.Copy(path, copy);
            var (video, refusal) = await _maker.MakeAsync(copy, UploadPlan.UsualStillSeconds, keepWhatFits: true, _ => { }, cancellation);
            if (video is not { } made) return Refused(refusal!.Value);
            var creative = made.AsCreative(
                organisationId, campaignId, CreativeUploads.Tidy(name), _clock.GetUtcNow(), null, 1, CreativeState.Current);
            await using var db = await _contexts.CreateDbContextAsync(cancellation);
            db.Creatives.Add(creative);
            await db.SaveChangesAsync(cancellation);
            return new IntakeOutcome(creative, null);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static IntakeOutcome Refused(CreativeRefusal refusal) => new(null, refusal);
}
