using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts;

/// <summary>A member of an organisation.</summary>
/// <param name="Id">Account.</param>
/// <param name="Name">Name.</param>
/// <param name="Email">Address.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="TwoFactor">Whether two-factor sign-in is on.</param>
sealed record Member(Guid Id, string Name, string Email, string Role, bool TwoFactor)
{
    /// <summary>Last request of an open session, else the last sign-in that the audit log knows; null when unknown or not read.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
}

/// <summary>
/// The members of an organisation: those who manage it invite, change roles and remove. At least one manager always remains.
/// </summary>
sealed class Members(
    FaceAdDbContext db, UserManager<User> users, AccountSetup setup, AccountLinks links, AccountMails letters, AccountLimits limits,
    SessionService sessions, IHttpContextAccessor http, TimeProvider time)
{
    /// <summary>The most pending invitations per organisation.</summary>
    public const int MaxInvitations = 50;

    /// <summary>The organisation of a viewer.</summary>
    public async Task<Organisation?> OrganisationAsync(Viewer viewer) =>
        await db.Organisations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == viewer.OrganisationId);

    /// <summary>The people of the viewer's organisation, by name.</summary>
    public async Task<IReadOnlyList<Member>> ListAsync(Viewer viewer)
    {
        var rows = await (
            from user in db.Users
            where user.OrganisationId == viewer.OrganisationId
            join link in db.UserRoles on user.Id equals link.UserId
            join role in db.Roles on link.RoleId equals role.Id
            orderby user.DisplayName, user.Email
            select new { user.Id, user.DisplayName, user.Email, role.Name, user.TwoFactorEnabled }).AsNoTracking().ToListAsync();
        return [.. rows.Select(r => new Member(r.Id, r.DisplayName, r.Email ?? "", r.Name ?? "", r.TwoFactorEnabled))];
    }

    /// <summary>Whether the viewer has two-factor sign-in.</summary>
    public Task<bool> HasTwoFactorAsync(Viewer viewer) => db.Users.AnyAsync(u => u.Id == viewer.UserId && u.TwoFactorEnabled);

    /// <summary>A page of the people of the viewer's organisation, and how many there are.</summary>
    public async Task<(IReadOnlyList<Member> Members, int Total)> PageAsync(
        Viewer viewer, MemberQuery query, CancellationToken cancellation = default)
    {
        if (!viewer.Manages) return ([], 0);
        var rows =
            from user in db.Users.AsNoTracking()
            where user.OrganisationId == viewer.OrganisationId
            join link in db.UserRoles on user.Id equals link.UserId
            join role in db.Roles on link.RoleId equals role.Id
            select new { user.Id, Name = user.DisplayName, user.Email, Role = role.Name, user.TwoFactorEnabled };
        if (Sql.Pattern(query.Text) is { } words)
            rows = rows.Where(r => EF.Functions.ILike(r.Name, words, @"\") || EF.Functions.ILike(r.Email!, words, @"\"));
        if (query.Role is { } only) rows = rows.Where(r => r.Role == only);
        var total = await rows.CountAsync(cancellation);
        var sorted = (query.Order, query.Descending) switch
        {
            (MemberOrder.Email, false) => rows.OrderBy(r => r.Email),
            (MemberOrder.Email, true) => rows.OrderByDescending(r => r.Email),
            (MemberOrder.Role, false) => rows.OrderBy(r => r.Role),
            (MemberOrder.Role, true) => rows.OrderByDescending(r => r.Role),
            (MemberOrder.TwoFactor, false) => rows.OrderBy(r => r.TwoFactorEnabled),
            (MemberOrder.TwoFactor, true) => rows.OrderByDescending(r => r.TwoFactorEnabled),
            (_, true) => rows.OrderByDescending(r => r.Name),
            _ => rows.OrderBy(r => r.Name),
        };
        // The times are looked up in indexes, for the rows of this page only.
        var page = await sorted.ThenBy(r => r.Email).Skip(query.Skip).Take(Math.Min(query.Take, MemberQuery.Most)).Select(r => new
        {
            r.Id,
            r.Name,
            r.Email,
            r.Role,
            r.TwoFactorEnabled,
            SeenAt = db.Sessions.Where(s => s.UserId == r.Id).Max(s => (DateTimeOffset?)s.SeenAt),
            SignedInAt = db.AuditEntries.Where(e => e.UserId == r.Id && e.Verb == AuditVerb.SignedIn).Max(e => (DateTimeOffset?)e.At),
        }).ToListAsync(cancellation);
        return ([.. page.Select(r => new Member(r.Id, r.Name, r.Email ?? "", r.Role ?? "", r.TwoFactorEnabled)
        {
            LastSeenAt = r.SeenAt ?? r.SignedInAt,
        })], total);
    }

    /// <summary>Pending invitations, newest first; expired ones stay listed for a week.</summary>
    public async Task<IReadOnlyList<AccountLink>> InvitationsAsync(Viewer viewer) =>
        !viewer.Manages ? [] : await db.AccountLinks.AsNoTracking()
        .Where(l => l.Purpose == LinkPurpose.Invitation && l.OrganisationId == viewer.OrganisationId)
        .OrderByDescending(l => l.CreatedAt).ToListAsync();

    /// <summary>Renames the organisation, and sets whether its members need two-factor sign-in.</summary>
    public async Task<AccountProblem?> ChangeOrganisationAsync(Viewer viewer, string? name, bool requiresTwoFactor)
    {
        if (!viewer.Manages) return AccountProblem.Denied;
        if (AccountRules.Name(name) is not { } text) return AccountProblem.Name;
        var organisation = await db.Organisations.SingleAsync(o => o.Id == viewer.OrganisationId);
        var now = time.GetUtcNow();
        if (organisation.Name != text)
        {
            if (await db.Organisations.AnyAsync(o => o.Name == text)) return AccountProblem.OrganisationTaken;
            db.Audit(viewer, now, AuditVerb.OrganisationRenamed, AuditSubject.Organisation, organisation.Id, text,
                ("before", organisation.Name));
        }
        if (organisation.RequiresTwoFactor != requiresTwoFactor)
            db.Audit(viewer, now, AuditVerb.TwoFactorRule, AuditSubject.Organisation, organisation.Id, text,
                ("state", requiresTwoFactor ? "on" : "off"));
        (organisation.Name, organisation.RequiresTwoFactor) = (text, requiresTwoFactor);
        try
        {
            await db.SaveChangesAsync();
            return null;
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            return AccountProblem.OrganisationTaken; // taken by a concurrent request
        }
    }

    /// <summary>Invites a person. Does not reveal to the inviter whether the address has an account elsewhere.</summary>
    /// <param name="viewer">The inviter.</param>
    /// <param name="email">The invitee's address.</param>
    /// <param name="role">The invitee's role.</param>
    /// <param name="id">The invitation's identity, for callers that may retry; null generates one.</param>
    public async Task<AccountProblem?> InviteAsync(Viewer viewer, string? email, string? role, Guid? id = null)
    {
        if (!viewer.Manages || await OrganisationAsync(viewer) is not { } organisation) return AccountProblem.Denied;
        if (AccountRules.Email(email) is not { } address) return AccountProblem.Email;
        if (role is null || !Roles.Of(organisation.Kind).Contains(role)) return AccountProblem.Denied;
        var normalised = users.NormalizeEmail(address);
        if (await db.Users.AnyAsync(u => u.OrganisationId == organisation.Id && u.NormalizedEmail == normalised))
            return AccountProblem.EmailTaken;
        if (await db.AccountLinks.CountAsync(l =>
            l.Purpose == LinkPurpose.Invitation && l.OrganisationId == organisation.Id) >= MaxInvitations) return AccountProblem.TooMany;
        if (!await limits.MayMailAsync(address)) return AccountProblem.Busy;
        var now = time.GetUtcNow();
        var link = new AccountLink
        {
            Id = id ?? Guid.CreateVersion7(),
            Purpose = LinkPurpose.Invitation,
            Email = address,
            OrganisationId = organisation.Id,
            Role = role,
            InvitedBy = viewer.Name,
            CreatedAt = now,
            ExpiresAt = now + AccountLinks.Life(LinkPurpose.Invitation),
        };
        var token = await links.AddAsync(link);
        db.Audit(viewer, now, AuditVerb.MemberInvited, AuditSubject.Organisation, organisation.Id, organisation.Name, ("email", address),
            ("role", role));
        await db.SaveChangesAsync();
        await letters.InvitationAsync(address, organisation.Name, viewer.Name ?? "", role, token);
        return null;
    }

    /// <summary>Cancels an invitation.</summary>
    public async Task<bool> RevokeInvitationAsync(Viewer viewer, Guid id)
    {
        if (!viewer.Manages) return false;
        var link = await db.AccountLinks.SingleOrDefaultAsync(l =>
            l.Id == id && l.Purpose == LinkPurpose.Invitation && l.OrganisationId == viewer.OrganisationId);
        if (link is null) return false;
        db.AccountLinks.Remove(link);
        db.Audit(viewer, time.GetUtcNow(), AuditVerb.InvitationRevoked, AuditSubject.Organisation, viewer.OrganisationId,
            await NameOfAsync(viewer), ("email", link.Email));
        await db.SaveChangesAsync();
        return true;
    }

    /// <summary>The invitation behind a link; null when the link is invalid.</summary>
    public async Task<(AccountLink Link, Organisation Organisation)?> InvitationAsync(string? token) =>
        await links.FindAsync(LinkPurpose.Invitation, token) is { } link
            ? (link, await db.Organisations.AsNoTracking().SingleAsync(o => o.Id == link.OrganisationId)) : null;

    /// <summary>Accepts an invitation: creates the account, whose address the link has confirmed.</summary>
    public async Task<(User? User, AccountProblem? Problem)> AcceptAsync(string? token, string? name, string? password)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await InvitationAsync(token) is not var (link, organisation)) return (null, AccountProblem.Link);
        if (AccountRules.Name(name) is not { } person) return (null, AccountProblem.Name);
        if (PasswordRules.Problem(password, link.Email, person, organisation.Name) is { } problem) return (null, problem);
        // Safe to reveal: only the owner of the address has the link.
        if (await users.FindByEmailAsync(link.Email) is not null) return (null, AccountProblem.EmailTaken);
        var user = await setup.CreateUserAsync(organisation, link.Email, password!, person, link.Role!);
        db.AccountLinks.Remove(link);
        var who =
            new Viewer(organisation.Id, false) { UserId = user.Id, Name = user.UserName, Address = ClientAddress.Of(http.HttpContext) };
        db.Audit(who, time.GetUtcNow(), AuditVerb.MemberJoined, AuditSubject.Account, user.Id, user.UserName!, ("role", link.Role));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return (user, null);
    }

    /// <summary>Changes a member's role; their sessions end, and if they no longer manage, their tokens are revoked.</summary>
    public Task<AccountProblem?> ChangeRoleAsync(Viewer viewer, Guid id, string? role) => ChangeAsync(
        viewer, id, async (organisation, user, before) =>
    {
        if (role is null || !Roles.Of(organisation.Kind).Contains(role)) return AccountProblem.Denied;
        if (role == before) return null;
        if (before == Roles.Managing(organisation.Kind) && !await AnotherManagesAsync(organisation, id)) return AccountProblem.Last;
        OwnAccount.Demand(await users.RemoveFromRoleAsync(user, before));
        OwnAccount.Demand(await setup.AddToRoleAsync(user, role));
        OwnAccount.Demand(await users.UpdateSecurityStampAsync(user));
        if (role != Roles.Managing(organisation.Kind)) await RevokeTokensAsync(id);
        db.Audit(
            viewer, time.GetUtcNow(), AuditVerb.RoleChanged, AuditSubject.Account, id, user.UserName!, ("before", before), ("role", role));
        await sessions.EndAllAsync(db, id);
        return null;
    });

    /// <summary>Removes a member's account; their sessions end and their tokens are revoked.</summary>
    public Task<AccountProblem?> RemoveAsync(Viewer viewer, Guid id) => ChangeAsync(viewer, id, async (organisation, user, before) =>
    {
        if (before == Roles.Managing(organisation.Kind) && !await AnotherManagesAsync(organisation, id)) return AccountProblem.Last;
        await RevokeTokensAsync(id);
        await sessions.EndAllAsync(db, id); // the rows are deleted with the account, but this node's session cache would not notice
        db.Audit(viewer, time.GetUtcNow(), AuditVerb.MemberRemoved, AuditSubject.Account, id, user.UserName!, ("role", before));
        OwnAccount.Demand(await users.DeleteAsync(user));
        return null;
    });

    // Locks the organisation's row, so that two managers who demote each other at the same moment run one after the other.
    private async Task<AccountProblem?> ChangeAsync(Viewer viewer, Guid id, Func<Organisation, User, string, Task<AccountProblem?>> change)
    {
        if (!viewer.Manages) return AccountProblem.Denied;
        await using var transaction = await db.Database.BeginTransactionAsync();
        var organisation = await db.Organisations.FromSql($"SELECT * FROM organisations WHERE id = {viewer.OrganisationId} FOR UPDATE")
            .SingleAsync();
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id && u.OrganisationId == organisation.Id) is not { } user)
            return AccountProblem.Denied;
        if (await change(organisation, user, (await users.GetRolesAsync(user)).Single()) is { } problem) return problem;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return null;
    }

    private Task<bool> AnotherManagesAsync(Organisation organisation, Guid but)
    {
        var managing = Roles.Managing(organisation.Kind);
        return (
            from user in db.Users
            where user.OrganisationId == organisation.Id && user.Id != but
            join link in db.UserRoles on user.Id equals link.UserId
            join role in db.Roles on link.RoleId equals role.Id
            where role.Name == managing
            select user.Id).AnyAsync();
    }

    private Task<int> RevokeTokensAsync(Guid id)
    {
        var now = time.GetUtcNow();
        return db.ApiTokens.Where(t => t.CreatedBy == id && t.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.RevokedAt, now));
    }

    private async Task<string> NameOfAsync(Viewer viewer) =>
        await db.Organisations.Where(o => o.Id == viewer.OrganisationId).Select(o => o.Name).SingleAsync();
}
