using System.Globalization;
using System.Text;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Reports;

/// <summary>An export of proofs as a download, of pages and API alike.</summary>
sealed class ProofFile(Proofs proofs, AuditLog audit, Display display)
{
    /// <summary>JSON lines.</summary>
    public const string Type = "application/x-ndjson";

    private const int DefaultDays = 7;

    /// <summary>The days asked for; those not asked for are the last of the campaign until today.</summary>
    /// <returns>Null when they are malformed, or too many.</returns>
    public (DateOnly From, DateOnly To)? DaysOf(Campaign campaign, string? from, string? to)
    {
        if (DayRange.Read(from, to) is not { Unreadable: null, From: var first, To: var last }) return null;
        if ((last ?? first)?.Year is < 2000 or > 9000) return null;
        var end = last ?? Later(Earlier(campaign.EndsOn, display.Today), first ?? campaign.StartsOn);
        var start = first ?? Later(end.AddDays(1 - DefaultDays), Earlier(campaign.StartsOn, end));
        return start.Year < 2000 || end < start || end.DayNumber - start.DayNumber >= Proofs.MostDays ? null : (start, end);
    }

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    /// <summary>The export, streamed as it is read.</summary>
    /// <param name="http">The request.</param>
    /// <param name="viewer">The reader, who may see the campaign.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="days">First and last day.</param>
    /// <param name="screen">One screen; null for all.</param>
    /// <returns>Null when it would be too large.</returns>
    public async Task<IResult?> OpenAsync(
        HttpContext http, Viewer viewer, Campaign campaign, (DateOnly From, DateOnly To) days, Guid? screen)
    {
        IDisposable place;
        try
        {
            place = proofs.Enter(viewer.OrganisationId, checks: false);
        }
        catch (BusyException exception)
        {
            return BackPressure.Busy(http, exception);
        }
        http.Response.RegisterForDispose(place);
        // As on the page: viewing another organisation's exact figures is audited.
        if (viewer.IsMediaOwner && campaign.OrganisationId != viewer.OrganisationId)
            await audit.LookedAsync(viewer, AuditVerb.FiguresViewed, AuditSubject.Campaign, campaign.Id, campaign.Name);
        if (await proofs.PlanAsync(campaign, days.From, days.To, screen, http.RequestAborted) is not { } plan) return null;
        http.Response.Headers.CacheControl = "no-store";
        var name = string.Create(CultureInfo.InvariantCulture, $"facead-proof-{days.From:yyyyMMdd}-{days.To:yyyyMMdd}.jsonl");
        return Results.Stream(body => WriteAsync(body, plan, http.RequestAborted), Type, name);
    }

    /// <summary>The download of the campaign's page.</summary>
    public static async Task<IResult> DownloadAsync(
        Guid id, string? from, string? to, Guid? screen, HttpContext http, CampaignService service, ProofFile file, Words words)
    {
        if (Viewer.Of(http.User) is not { } viewer || await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign)
            return Results.NotFound();
        if (file.DaysOf(campaign, from, to) is not { } days)
            return Results.Problem(words("Api.ProofDays", Proofs.MostDays), statusCode: StatusCodes.Status400BadRequest);
        return await file.OpenAsync(http, viewer, campaign, days, screen)
            ?? Results.Problem(words("Api.ProofTooLarge"), statusCode: StatusCodes.Status422UnprocessableEntity);
    }

    private async Task WriteAsync(Stream body, ProofPlan plan, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(false), 32 * 1024, leaveOpen: true);
        await foreach (var line in proofs.ReadAsync(plan, cancellation))
        {
            await writer.WriteAsync(line.Write().AsMemory(), cancellation);
            await writer.WriteAsync("\n".AsMemory(), cancellation);
        }
    }
}
