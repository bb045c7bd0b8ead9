using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>The people of an organisation, and who may change them.</summary>
public sealed class MembersTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Theory]
    [InlineData(Roles.Analyst, true)]
    [InlineData(Roles.Advertiser, false)]
    public async Task Invitation_Accepted_MakesAMemberOfThatRoleOnce(string role, bool onlyLooks)
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var email = app.NewAddress();
        using var boss = await app.SignInAsync(owner);
        Assert.Null(await DoAsync(async m => await m.InviteAsync(await app.ViewerAsync(owner), email, role)));
        Assert.Contains($"data-invitation=\"{email}\"", await boss.Http.GetStringAsync("organisation"), StringComparison.Ordinal);
        Assert.Contains(organisation.Name, (await app.MailAsync(email))!.Text, StringComparison.Ordinal);

        var link = await app.LinkAsync(email);
        using var invitee = new Visitor(app);
        Assert.Equal("Password", await invitee.SubmitBadlyAsync(link, "invitation", ("name", "Guest"), ("password", "short")));
        Assert.EndsWith("/", await invitee.SubmitWellAsync(link, "invitation", ("name", "Guest"), ("password", PeopleFixture.Password)),
            StringComparison.Ordinal);
        var viewer = await app.ViewerAsync(email);
        Assert.Equal(
            (organisation.Id, false, onlyLooks, false), (viewer.OrganisationId, viewer.IsMediaOwner, viewer.ReadOnly, viewer.Manages));
        Assert.Contains("data-problem=\"Link\"", await invitee.Http.GetStringAsync(link), StringComparison.Ordinal);
        Assert.DoesNotContain($"data-invitation=\"{email}\"", await boss.Http.GetStringAsync("organisation"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invitation_TakenBackOrExpired_IsDead()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var (one, two) = (app.NewAddress(), app.NewAddress());
        var viewer = await app.ViewerAsync(owner);
        Assert.Null(await DoAsync(m => m.InviteAsync(viewer, one, Roles.Analyst)));
        Assert.Null(await DoAsync(m => m.InviteAsync(viewer, two, Roles.Analyst)));
        var waiting = await DoAsync(m => m.InvitationsAsync(viewer));
        Assert.Equal(2, waiting.Count);
        var stranger = await app.ViewerAsync(RolesFixture.OtherOwner);
        Assert.False(await DoAsync(m => m.RevokeInvitationAsync(stranger, waiting[0].Id)));
        Assert.True(await DoAsync(m => m.RevokeInvitationAsync(viewer, waiting.Single(w => w.Email == one).Id)));
        await using (var db = app.NewContext())
            await db.AccountLinks.Where(l => l.Email == two)
                .ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, TimeProvider.System.GetUtcNow()));
        using var invitee = new Visitor(app);
        foreach (var email in new[] { one, two })
            Assert.Contains(
                "data-problem=\"Link\"", await invitee.Http.GetStringAsync(await app.LinkAsync(email)), StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync(organisation));
    }

    [Fact]
    public async Task Invitation_OfAnAddressWithAnAccountElsewhere_TellsTheInviterNothingAndMovesNobody()
    {
        var (_, _, owner) = await app.AddOrganisationAsync();
        var viewer = await app.ViewerAsync(owner);
        Assert.Null(await DoAsync(m => m.InviteAsync(viewer, RolesFixture.OtherMember, Roles.Advertiser)));
        using var invitee = new Visitor(app);
        Assert.Equal(
            "EmailTaken", await invitee.SubmitBadlyAsync(
                await app.LinkAsync(RolesFixture.OtherMember), "invitation", ("name", "Guest"), ("password", "quite another password")));
        Assert.Equal(app.Second.Id, (await app.ViewerAsync(RolesFixture.OtherMember)).OrganisationId);
        (await app.SignInAsync(RolesFixture.OtherMember)).Dispose();
    }

    [Theory]
    [InlineData(Roles.Admin)]
    [InlineData(Roles.MediaAnalyst)]
    [InlineData("root")]
    [InlineData("")]
    public async Task Invite_RoleOfTheOtherSide_IsRefused(string role)
    {
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        Assert.Equal(AccountProblem.Denied, await DoAsync(m => m.InviteAsync(owner, app.NewAddress(), role)));
        var member = await MemberAsync(owner, RolesFixture.Analyst);
        Assert.Equal(AccountProblem.Denied, await DoAsync(m => m.ChangeRoleAsync(owner, member.Id, role)));
    }

    [Theory]
    [InlineData("someone@example.com, other@example.com", Roles.Analyst, AccountProblem.Email)]
    [InlineData("<script>@example.com", Roles.Analyst, AccountProblem.Email)]
    [InlineData("someone-new@example.com", "owner'; --", AccountProblem.Denied)]
    [InlineData(RolesFixture.Analyst, Roles.Analyst, AccountProblem.EmailTaken)]
    internal async Task Invite_HostileWords_AreRefused(string email, string role, AccountProblem problem)
    {
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        Assert.Equal(problem, await DoAsync(m => m.InviteAsync(owner, email, role)));
    }

    [Fact]
    public async Task ChangeOrganisation_HostileWords_AreRefused()
    {
        var owner = await app.ViewerAsync(RolesFixture.Owner);
        Assert.Equal(AccountProblem.Name, await DoAsync(m => m.ChangeOrganisationAsync(owner, "\u202Eevil", true)));
        Assert.Equal(AccountProblem.Name, await DoAsync(m => m.ChangeOrganisationAsync(owner, new string('n', 50_000), true)));
        Assert.Equal(AccountProblem.OrganisationTaken, await DoAsync(m => m.ChangeOrganisationAsync(owner, "Second", true)));
        var organisation = await DoAsync(m => m.OrganisationAsync(owner));
        Assert.Equal(("First", false), (organisation!.Name, organisation.RequiresTwoFactor));
    }

    [Fact]
    public async Task AuditPage_SearchedByWords_ShowsWhatTheAddressAsksFor()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var email = app.NewAddress();
        var viewer = await app.ViewerAsync(owner);
        await DoAsync(m => m.InviteAsync(viewer, email, Roles.Analyst));
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        Assert.Contains(
            organisation.Name, await admin.Http.GetStringAsync($"admin/audit?q={Uri.EscapeDataString(email.ToUpperInvariant())}"),
            StringComparison.Ordinal);
        Assert.Contains("data-empty", await admin.Http.GetStringAsync("admin/audit?q=%25%25%25nothing%27%22"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastOwner_CannotGoOrStepDown()
    {
        var (organisation, id, owner) = await app.AddOrganisationAsync();
        var viewer = await app.ViewerAsync(owner);
        Assert.Equal(AccountProblem.Last, await DoAsync(m => m.ChangeRoleAsync(viewer, id, Roles.Advertiser)));
        Assert.Equal(AccountProblem.Last, await DoAsync(m => m.RemoveAsync(viewer, id)));
        var (second, _) = await app.AddUserAsync(organisation, Roles.Advertiser);
        Assert.Null(await DoAsync(m => m.ChangeRoleAsync(viewer, second, Roles.Owner)));
        Assert.Null(await DoAsync(m => m.RemoveAsync(viewer, id)));
    }

    [Fact]
    public async Task TwoOwners_WhoDemoteOneAnotherAtOnce_LeaveOne()
    {
        var (organisation, one, owner) = await app.AddOrganisationAsync();
        var (two, email) = await app.AddUserAsync(organisation, Roles.Owner);
        var (first, second) = (await app.ViewerAsync(owner), await app.ViewerAsync(email));
        var problems = await Task.WhenAll(
            DoAsync(m => m.ChangeRoleAsync(first, two, Roles.Analyst)), DoAsync(m => m.ChangeRoleAsync(second, one, Roles.Analyst)));
        Assert.Single(problems, AccountProblem.Last);
        Assert.Single(problems, p => p is null);
    }

    [Fact]
    public async Task ChangeRoleAndRemove_EndTheSessionsAndTokensOfThePerson()
    {
        var (organisation, _, owner) = await app.AddOrganisationAsync();
        var (id, email) = await app.AddUserAsync(organisation, Roles.Owner);
        var (boss, person) = (await app.ViewerAsync(owner), await app.ViewerAsync(email));
        var service = app.Services.GetRequiredService<ApiTokenService>();
        await service.MakeAsync(person, "Theirs", [ApiScopes.CampaignsWrite], 30);
        using var session = await app.SignInAsync(email);
        Assert.Null(await DoAsync(m => m.ChangeRoleAsync(boss, id, Roles.Analyst)));
        Assert.Equal(HttpStatusCode.Redirect, (await session.Http.GetAsync("campaigns")).StatusCode);
        Assert.NotNull(Assert.Single(await service.ListAsync(boss)).RevokedAt);
        using var again = await app.SignInAsync(email);
        Assert.Equal(HttpStatusCode.OK, (await again.Http.GetAsync("campaigns")).StatusCode);
        Assert.Contains("denied", (await again.Http.GetAsync("campaigns/new")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(await DoAsync(m => m.RemoveAsync(boss, id)));
        Assert.Equal(HttpStatusCode.Redirect, (await again.Http.GetAsync("campaigns")).StatusCode);
        Assert.Equal(1, await CountAsync(organisation));
        await using var db = app.NewContext();
        Assert.Equal([AuditVerb.RoleChanged, AuditVerb.MemberRemoved],
            await db.AuditEntries.Where(e => e.SubjectId == id && e.UserId == boss.UserId).OrderBy(e => e.Id).Select(e => e.Verb)
                .ToListAsync());
    }

    [Theory]
    [InlineData(RolesFixture.Member)]
    [InlineData(RolesFixture.Analyst)]
    [InlineData(RolesFixture.OtherOwner)]
    [InlineData(RolesFixture.MediaAnalyst)]
    [InlineData(PeopleFixture.Admin)]
    public async Task Members_OfAnOrganisationThatOneDoesNotManage_CannotBeChanged(string email)
    {
        var viewer = await app.ViewerAsync(email);
        var target = await MemberAsync(await app.ViewerAsync(RolesFixture.Owner), RolesFixture.Analyst);
        Assert.Equal(AccountProblem.Denied, await DoAsync(m => m.ChangeRoleAsync(viewer, target.Id, Roles.Owner)));
        Assert.Equal(AccountProblem.Denied, await DoAsync(m => m.RemoveAsync(viewer, target.Id)));
        var name = (await DoAsync(m => m.OrganisationAsync(viewer)))!.Name;
        if (!viewer.Manages)
        {
            Assert.Equal(AccountProblem.Denied, await DoAsync(m => m.InviteAsync(viewer, app.NewAddress(), Roles.Analyst)));
            Assert.Equal(AccountProblem.Denied, await DoAsync(m => m.ChangeOrganisationAsync(viewer, "Taken over", false)));
            Assert.Empty(await DoAsync(m => m.InvitationsAsync(viewer)));
        }
        Assert.Equal(name, (await DoAsync(m => m.OrganisationAsync(viewer)))!.Name);
    }

    private async Task<Member> MemberAsync(Viewer viewer, string email) =>
        (await DoAsync(m => m.ListAsync(viewer))).Single(m => m.Email == email);

    private async Task<int> CountAsync(Organisation organisation)
    {
        await using var db = app.NewContext();
        return await db.Users.CountAsync(u => u.OrganisationId == organisation.Id);
    }

    private async Task<T> DoAsync<T>(Func<Members, Task<T>> work)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<Members>());
    }
}
