using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Creatives;
using FaceAd.Web.Metrics;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>Advertisers ask for changes of booked campaigns; the media owner decides.</summary>
public sealed partial class ChangeRequestTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private static readonly DateOnly Today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());

    private ChangeRequests Requests => app.Services.GetRequiredService<ChangeRequests>();

    [Fact]
    public async Task Accept_AnyTerms_CampaignEqualsThemNothingElseHasChangedAndNoCostFell()
    {
        var (owner, admin) = (await app.ViewerAsync(RolesFixture.Owner), await app.ViewerAsync(PeopleFixture.Admin));
        await using var db = app.NewContext();
        var sites = await db.Sites.Select(s => s.Id).ToListAsync();
        var metrics = app.Services.GetRequiredService<MetricsReader>();
        var random = new Random(11);
        var accepted = 0;
        for (var round = 0; round < 12; round++)
        {
            var starts = round % 3 == 0 ? 1 : -4;
            var (id, lines) = await BookedAsync(creatives: 3, starts);
            var before = await ReadAsync(id);
            var cost = (await metrics.ReadAsync(id)).CostKrw!.Value;
            var draft = CampaignDraft.Of(before);
            draft.EndsOn = Today.AddDays(random.Next(2, 60));
            draft.BudgetKrw = random.Next(100_000, 2_000_000);
            (draft.Days, draft.Hours) = (random.Next(1, 128) | 0b1100011, random.Next(1, 1 << 24));
            if (starts > 0) draft.Targets.Add(SegmentProbabilities.Segments[random.Next(6)]);
            if (random.Next(2) == 0) draft.SiteIds.UnionWith(sites);
            var plays = lines.Take(random.Next(1, 4)).ToDictionary(l => l, _ => random.Next(1, 101));
            var (request, refusal) = await Requests.AskAsync(owner, id, draft, plays, "Please", null, Today);
            if (refusal == RequestRefusal.Terms) continue; // such as a budget below what has accrued
            Assert.Null(refusal);
            Assert.Equal(Written(before), Written(await ReadAsync(id))); // asking changes nothing
            var outcome = await Requests.AcceptAsync(admin, request!.Id, before.Version, Today);
            Assert.True(outcome.Refusal is null, string.Join(' ', outcome.Misfits));
            accepted++;
            var after = await ReadAsync(id);
            Assert.Empty(RequestedTerms.Of(after).Differences(request.Asked));
            Assert.Equal((before.Name, before.State, before.PriceModel, before.PricePerThousandKrw, before.Version + 1, before.ReviewedAt),
                (after.Name, after.State, after.PriceModel, after.PricePerThousandKrw, after.Version, after.ReviewedAt));
            Assert.True((await metrics.ReadAsync(id)).CostKrw >= cost);
        }
        Assert.True(accepted > 5, $"{accepted} of the requests were accepted.");
    }

    [Fact]
    public async Task Ask_WhoMayNotOrWhatCannotBe_IsRefusedAndNothingIsWritten()
    {
        var (owner, admin) = (await app.ViewerAsync(RolesFixture.Owner), await app.ViewerAsync(PeopleFixture.Admin));
        var (id, lines) = await BookedAsync();
        var campaign = await ReadAsync(id);
        CampaignDraft More(Action<CampaignDraft>? change = null)
        {
            var draft = CampaignDraft.Of(campaign);
            draft.BudgetKrw += 1;
            change?.Invoke(draft);
            return draft;
        }
        async Task<RequestOutcome> AskAsync(
            Viewer viewer, CampaignDraft draft, Dictionary<Guid, int>? plays = null, Guid? replaces = null) =>
            await Requests.AskAsync(viewer, id, draft, plays, null, replaces, Today);
        async Task<IReadOnlyList<CampaignProblem>> ProblemsAsync(CampaignDraft draft, Dictionary<Guid, int>? plays = null) =>
            (await AskAsync(owner, draft, plays)).Problems;

        Assert.Equal(RequestRefusal.Gone, (await AskAsync(await app.ViewerAsync(RolesFixture.OtherOwner), More())).Refusal);
        Assert.Equal(RequestRefusal.Gone, (await AskAsync(await app.ViewerAsync(RolesFixture.Analyst), More())).Refusal);
        Assert.Equal(RequestRefusal.NotAdvertiser, (await AskAsync(admin, More())).Refusal);
        Assert.Equal(RequestRefusal.ChangedMeanwhile, (await AskAsync(owner, More(d => d.Version = 99))).Refusal);
        Assert.Equal(RequestRefusal.NotOpen, (await AskAsync(owner, More(), replaces: Guid.NewGuid())).Refusal);
        Assert.Equal(RequestRefusal.Same, (await AskAsync(owner, CampaignDraft.Of(campaign))).Refusal);
        Assert.Equal([CampaignProblem.BudgetSpent], await ProblemsAsync(More(d => d.BudgetKrw = 1)));
        Assert.Equal([CampaignProblem.DaysBegun], await ProblemsAsync(More(d => d.StartsOn = Today)));
        Assert.Equal([CampaignProblem.TargetsFixed], await ProblemsAsync(More(d => d.Targets.Add(Segment.Men2030))));
        Assert.Equal([CampaignProblem.PeriodOver], await ProblemsAsync(More(d => d.EndsOn = Today.AddDays(-1))));
        Assert.Equal([CampaignProblem.SiteUnknown], await ProblemsAsync(More(d => d.SiteIds.Add(Guid.NewGuid()))));
        Assert.Equal([CampaignProblem.CreativeMissing], await ProblemsAsync(More(), []));
        Assert.Equal([CampaignProblem.CreativeUnknown], await ProblemsAsync(More(), new() { [Guid.NewGuid()] = 1 }));
        Assert.Equal([CampaignProblem.WeightOutOfRange], await ProblemsAsync(More(), new() { [lines[0]] = 101 }));
        var draft = await app.AddCampaignAsync(app.First);
        Assert.Equal(RequestRefusal.NotBooked, (await Requests.AskAsync(owner, draft.Id, More(), null, null, null, Today)).Refusal);
        // What was agreed on stays, whatever is sent.
        var sent = (await AskAsync(
            owner, More(d => (d.Name, d.PriceModel, d.PricePerThousandKrw) = ("X", PriceModel.PerThousand, 1)))).Request!;
        Assert.Equal(RequestRefusal.AnotherOpen, (await AskAsync(owner, More(d => d.BudgetKrw += 5))).Refusal);
        Assert.Single(await Requests.ListAsync(owner, id, 10));
        Assert.Empty(await Requests.ListAsync(await app.ViewerAsync(RolesFixture.OtherOwner), id, 10));
        Assert.Null(await Requests.FindAsync(await app.ViewerAsync(RolesFixture.OtherOwner), sent.Id, Today));

        // Who may not decide.
        foreach (var email in new[] { RolesFixture.Owner, RolesFixture.OtherOwner, RolesFixture.MediaAnalyst })
        {
            var viewer = await app.ViewerAsync(email);
            Assert.Equal(RequestRefusal.Gone, (await Requests.AcceptAsync(viewer, sent.Id, campaign.Version, Today)).Refusal);
            Assert.Equal(RequestRefusal.Gone, (await Requests.DeclineAsync(viewer, sent.Id, "No")).Refusal);
        }
        Assert.Equal(RequestRefusal.NotAdvertiser, (await Requests.WithdrawAsync(admin, sent.Id)).Refusal);
        Assert.Equal(RequestRefusal.Gone, (await Requests.WithdrawAsync(await app.ViewerAsync(RolesFixture.Analyst), sent.Id)).Refusal);
        await Assert.ThrowsAsync<ArgumentException>(() => Requests.DeclineAsync(admin, sent.Id, " "));
        Assert.Equal(Written(campaign), Written(await ReadAsync(id)));
        Assert.Equal("Campaign", campaign.Name);
    }

    [Fact]
    public async Task Accept_ByManyAtOnce_HappensOnceAndIsToldOnce()
    {
        var (owner, admin) = (await app.ViewerAsync(RolesFixture.Owner), await app.ViewerAsync(PeopleFixture.Admin));
        var (id, _) = await BookedAsync();
        var request = await AskBudgetAsync(owner, id, 1_500_000);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(i => i == 5 ? Requests.WithdrawAsync(owner, request.Id) : Requests.AcceptAsync(admin, request.Id, 0, Today)));
        Assert.Single(outcomes, o => o.Refusal is null);
        Assert.All(outcomes.Where(o => o.Refusal is not null), o => Assert.Equal(RequestRefusal.NotOpen, o.Refusal));
        var accepted = outcomes[5].Refusal is not null;
        Assert.Equal(accepted ? (1_500_000, 1) : (1_000_000, 0), ((int)(await ReadAsync(id)).BudgetKrw, (await ReadAsync(id)).Version));
        await using var db = app.NewContext();
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.SubjectId == id
            && (e.Verb == AuditVerb.ChangeAccepted || e.Verb == AuditVerb.ChangeWithdrawn)));
        // Two are sent at once: one is open.
        var (other, _) = await BookedAsync();
        var draft = CampaignDraft.Of(await ReadAsync(other));
        draft.BudgetKrw = 1_200_000;
        var sent = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Requests.AskAsync(owner, other, draft, null, null, null, Today)));
        Assert.Equal(
            [null, RequestRefusal.AnotherOpen, RequestRefusal.AnotherOpen, RequestRefusal.AnotherOpen],
            sent.Select(s => s.Refusal).Order());
    }

    [Fact]
    public async Task Request_CampaignWentOnMeanwhile_SaysWhyAndIsNotAccepted()
    {
        var (owner, admin) = (await app.ViewerAsync(RolesFixture.Owner), await app.ViewerAsync(PeopleFixture.Admin));
        var (id, _) = await BookedAsync();
        var request = await AskBudgetAsync(owner, id, 500_000);
        async Task<IReadOnlyList<RequestMisfit>> MisfitsAsync()
        {
            var view = (await Requests.FindAsync(admin, request.Id, Today))!;
            var outcome = await Requests.AcceptAsync(admin, request.Id, view.Campaign.Version, Today);
            Assert.Equal(RequestRefusal.Misfit, outcome.Refusal);
            Assert.Equal(view.Misfits, outcome.Misfits);
            return outcome.Misfits;
        }
        // A pause is no edit, but what was seen is no longer what is.
        var service = app.Services.GetRequiredService<CampaignService>();
        await service.StepAsync(admin, id, CampaignAction.Pause);
        Assert.Equal(RequestRefusal.ChangedMeanwhile, (await Requests.AcceptAsync(admin, request.Id, 0, Today)).Refusal);
        Assert.Empty((await Requests.FindAsync(admin, request.Id, Today))!.Misfits);
        await using var db = app.NewContext();
        Task SetAsync(DateOnly starts, DateOnly ends, long budget) => db.Campaigns.Where(c => c.Id == id).ExecuteUpdateAsync(
            s => s.SetProperty(c => c.StartsOn, starts).SetProperty(c => c.EndsOn, ends).SetProperty(c => c.BudgetKrw, budget));
        await SetAsync(Today.AddDays(-90), Today.AddDays(1), 1_000_000);
        Assert.Equal([RequestMisfit.Edited, RequestMisfit.BudgetSpent, RequestMisfit.DaysPassed], await MisfitsAsync());
        await SetAsync(Today.AddDays(-4), Today.AddDays(-1), 1_000_000);
        Assert.Equal([RequestMisfit.Ended], await MisfitsAsync());
        // Replaced on the base of what is now, it fits.
        await SetAsync(Today.AddDays(-4), Today.AddDays(9), 1_000_000);
        var draft = CampaignDraft.Of(await ReadAsync(id));
        draft.BudgetKrw = 800_000;
        var next = (await Requests.AskAsync(owner, id, draft, null, null, request.Id, Today)).Request!;
        Assert.Equal(RequestRefusal.NotOpen, (await Requests.AcceptAsync(admin, request.Id, 1, Today)).Refusal);
        Assert.Null((await Requests.AcceptAsync(admin, next.Id, 1, Today)).Refusal);
        Assert.Equal((800_000L, CampaignState.Paused), ((await ReadAsync(id)).BudgetKrw, (await ReadAsync(id)).State));
        // The other way of changing booked terms keeps what has accrued, too.
        var bulk = app.Services.GetRequiredService<CampaignBulk>();
        Assert.Equal(
            BulkRefusal.BudgetSpent, (await bulk.PreviewAsync(admin, [id], new(BulkAction.Budget) { Percent = -99 }, Today))[0].Refusal);
        var cost = (await app.Services.GetRequiredService<MetricsReader>().ReadAsync(id)).CostKrw;
        Assert.Null((await bulk.ApplyAsync(
            admin, new Dictionary<Guid, int> { [id] = 2 }, new(BulkAction.EndsOn) { EndsOn = Today.AddDays(90) }, Today))[0].Refusal);
        Assert.True((await app.Services.GetRequiredService<MetricsReader>().ReadAsync(id)).CostKrw >= cost);
    }

    [Fact]
    public async Task NewCreative_OfARequest_IsApprovedFirstHeldAndPlaysWithTheAcceptance()
    {
        var (owner, admin) = (await app.ViewerAsync(RolesFixture.Owner), await app.ViewerAsync(PeopleFixture.Admin));
        var (id, lines) = await BookedAsync();
        var review = app.Services.GetRequiredService<CreativeReview>();
        async Task<ChangeRequest> AskAsync(Guid creative)
        {
            var outcome = await Requests.AskAsync(
                owner, id, CampaignDraft.Of(await ReadAsync(id)), new Dictionary<Guid, int> { [creative] = 3 }, null, null, Today);
            Assert.Null(outcome.Refusal);
            return outcome.Request!;
        }
        async Task<RequestMisfit[]> MisfitsAsync(ChangeRequest request) =>
            [.. (await Requests.FindAsync(owner, request.Id, Today))!.Misfits];

        // Refused, and withdrawn with it.
        var bad = await AddCreativeAsync(id, CreativeState.Proposed);
        var first = await AskAsync(bad);
        Assert.Equal([RequestMisfit.CreativeWaiting], await MisfitsAsync(first));
        Assert.True(await review.RefuseAsync(admin, bad, "Flashes"));
        Assert.Equal([RequestMisfit.CreativeRefused], await MisfitsAsync(first));
        Assert.Null((await Requests.WithdrawAsync(owner, first.Id)).Refusal);

        // Declined after its approval: it never plays.
        var dropped = await AddCreativeAsync(id, CreativeState.Proposed);
        var second = await AskAsync(dropped);
        Assert.Equal(ApprovalOutcome.Enough, await review.ApproveAsync(admin, dropped, WaitingItem.Checklist));
        Assert.Equal(lines, (await ReadAsync(id)).Creatives.Select(c => c.LineId));
        Assert.Null((await Requests.DeclineAsync(admin, second.Id, "Not now")).Refusal);
        var third = await AddCreativeAsync(id, CreativeState.Proposed);
        var request = await AskAsync(third);
        var queue = await app.Services.GetRequiredService<ApprovalQueue>().ReadAsync(admin, 30);
        Assert.Contains(queue.Items, i => i.Key == request.Id);
        Assert.True(queue.Items.Single(i => i.Key == third).IsHeld);
        await review.ApproveAsync(admin, third, WaitingItem.Checklist);
        Assert.Equal(lines, (await ReadAsync(id)).Creatives.Select(c => c.LineId)); // still
        Assert.Null((await Requests.AcceptAsync(admin, request.Id, 0, Today)).Refusal);
        Assert.Equal([(third, 3)], (await ReadAsync(id)).Creatives.Select(c => (c.Id, c.Weight)));
        await using var db = app.NewContext();
        Assert.Equal(
            [CreativeState.Refused, CreativeState.Replaced], await db.Creatives.IgnoreQueryFilters()
                .Where(c => c.Id == bad || c.Id == dropped).OrderByDescending(c => c.State).Select(c => c.State).ToListAsync());

        // All of it is in the history, without names of the other side, and those concerned were told.
        var events = (await app.Services.GetRequiredService<CampaignLog>().ReadAsync(owner, id)).Events;
        Assert.Equal(3, events.Count(e => e.Verb == AuditVerb.ChangeRequested && e.Who == RolesFixture.Owner
            && e.Details["creatives"].Contains('→', StringComparison.Ordinal)));
        Assert.Single(events, e => e is { Verb: AuditVerb.ChangeDeclined, Who: null, ByOwner: true } && e.Details["reason"] == "Not now");
        Assert.Single(events, e => e.Verb == AuditVerb.ChangeAccepted);
        var told = await app.Services.GetRequiredService<NotificationInbox>().NewestAsync(owner, 50);
        Assert.Equal(
            [NotificationKind.VersionRefused, NotificationKind.CreativeHeld, NotificationKind.ChangeDeclined, NotificationKind.CreativeHeld,
                NotificationKind.ChangeAccepted],
            told.Where(n => n.CampaignId == id).Reverse().Select(n => n.Kind));
    }

    private async Task<ChangeRequest> AskBudgetAsync(Viewer viewer, Guid id, long budget)
    {
        var draft = CampaignDraft.Of(await ReadAsync(id));
        draft.BudgetKrw = budget;
        var outcome = await Requests.AskAsync(viewer, id, draft, null, null, null, Today);
        Assert.Null(outcome.Refusal);
        return outcome.Request!;
    }

    // Of 14 days, four and a part have passed.
    private async Task<(Guid Id, List<Guid> Lines)> BookedAsync(int creatives = 1, int starts = -4)
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, Today.AddDays(starts)));
        List<Guid> lines = [];
        for (var i = 0; i < creatives; i++) lines.Add(await AddCreativeAsync(campaign.Id, CreativeState.Current));
        return (campaign.Id, lines);
    }

    private async Task<Guid> AddCreativeAsync(Guid campaign, CreativeState state)
    {
        var creative = new Creative
        {
            OrganisationId = app.First.Id,
            CampaignId = campaign,
            Name = "Creative",
            Sha256 = new string('a', 64),
            Bytes = 1,
            Seconds = 5,
            Width = 640,
            Height = 360,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            State = state,
        };
        await using var db = app.NewContext();
        db.Add(creative);
        await db.SaveChangesAsync();
        return creative.Id;
    }

    private async Task<Campaign> ReadAsync(Guid id)
    {
        await using var db = app.NewContext();
        return await db.Campaigns.AsNoTracking().Include(c => c.Creatives.OrderBy(f => f.CreatedAt)).SingleAsync(c => c.Id == id);
    }

    private static string Written(Campaign campaign) =>
        string.Join("; ", CampaignTerms.Of(campaign).Select(t => $"{t.Key} {t.Value}")) + $"; {campaign.Version} {campaign.State}";
}
