namespace FaceAd.Tests.Accounts.Tenancy;

/// <summary>
/// Whom a route lets in, for whom what it is about exists, and who may read the first advertiser's name of its campaign there.
/// </summary>
sealed record RouteRule(Caller Open, Caller Exists = Caller.Everybody, Caller Reads = Caller.None);

/// <summary>For whom each route of the app is.</summary>
static class RouteRules
{
    private const Caller SignedIn = Caller.OtherAnalyst | Caller.OtherMember | Caller.OtherOwner | Caller.Analyst | Caller.Member
        | Caller.Owner | Caller.MediaAnalyst | Caller.Admin;
    private const Caller Media = Caller.MediaAnalyst | Caller.Admin;
    private const Caller Own = Caller.Analyst | Caller.Member | Caller.Owner;
    private const Caller Changers = Caller.OtherMember | Caller.OtherOwner | Caller.Member | Caller.Owner | Caller.Admin;
    private const Caller Managers = Caller.OtherOwner | Caller.Owner | Caller.Admin;

    // In a route, an id is a campaign of the first advertiser; a hash is its video.
    private static readonly Dictionary<string, RouteRule> Rules = new()
    {
        // Before somebody is in
        ["/account/login"] = new(Caller.Everybody),
        ["/account/two-factor"] = new(Caller.Everybody),
        ["/account/logout"] = new(Caller.Everybody),
        ["/account/sign-up"] = new(Caller.Everybody),
        ["/account/sent"] = new(Caller.Everybody),
        ["/account/confirm"] = new(Caller.Everybody),
        ["/account/confirm/again"] = new(Caller.Everybody),
        ["/account/forgot"] = new(Caller.Everybody),
        ["/account/reset"] = new(Caller.Everybody),
        ["/account/email"] = new(Caller.Everybody),
        ["/account/invitation"] = new(Caller.Everybody),
        ["/account/denied"] = new(Caller.Everybody),
        ["/account/unsubscribe"] = new(Caller.Everybody), // open to signed links; this is none
        ["/api/unsubscribe"] = new(Caller.Everybody),
        ["/account/report-mail"] = new(Caller.Everybody), // open to signed links; this is none
        ["/api/report-mail/stop"] = new(Caller.Everybody),
        ["/account/mailbox"] = new(Caller.Everybody, Exists: Caller.Admin), // or with the key; see DevelopmentMailboxTests
        ["/account/mailbox/{mail:guid}/file"] = new(Caller.Everybody, Caller.None), // there is no mail in its place
        ["/language"] = new(Caller.Everybody),
        ["/help/metrics"] = new(Caller.Everybody),
        ["/error"] = new(Caller.Everybody),
        ["/not-found"] = new(Caller.Everybody),
        ["/healthz"] = new(Caller.Everybody),
        ["/readyz"] = new(Caller.Everybody),

        // The frame of the pages, which holds nothing
        ["/_blazor"] = new(Caller.Everybody),
        ["/_blazor/negotiate"] = new(Caller.Everybody),
        ["/_blazor/initializers"] = new(Caller.Everybody),
        ["/_blazor/disconnect"] = new(Caller.Everybody),
        ["/_framework/opaque-redirect"] = new(Caller.Everybody),
        ["/{**path:file}"] = new(Caller.Everybody, Caller.None), // files that there are not

        // Everybody's own
        ["/"] = new(SignedIn, Reads: Own),
        ["/account/alive"] = new(SignedIn),
        ["/account/settings"] = new(SignedIn),
        ["/account/settings/two-factor"] = new(SignedIn),
        ["/organisation"] = new(Managers),
        ["/organisation/tokens"] = new(Managers),
        ["/organisation/webhooks"] = new(Managers),
        ["/organisation/webhooks/{Id:guid}"] = new(Managers, Caller.None), // in its place of an id is no webhook

        // Campaigns
        ["/campaigns"] = new(SignedIn, Reads: Own | Media),
        ["/campaigns/calendar"] = new(SignedIn, Reads: Own | Media),
        ["/campaigns/deleted"] = new(SignedIn),
        ["/campaigns/new"] = new(Changers),
        ["/campaigns/{Id:guid}"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{Id:guid}/edit"] = new(Changers, Own | Media, Own | Media),
        ["/campaigns/{Id:guid}/request"] = new(Changers, Own | Media, Own | Media),
        ["/api/campaigns/{id:guid}/creatives"] = new(Changers),
        ["/media/{sha256}.mp4"] = new(SignedIn | Caller.Screen, Own | Media | Caller.Screen),
        ["/media/{sha256}.jpg"] = new(SignedIn | Caller.Screen, Own | Media | Caller.Screen),

        ["/buildings"] = new(Changers | Media),
        ["/planner"] = new(Changers | Media),
        // in its place of a building is none
        ["/buildings/{Id:guid}"] = new(Changers | Media, Caller.None),
        ["/buildings/{id:guid}/picture.jpg"] = new(Changers | Media, Caller.None),
        ["/buildings/{id:guid}/picture"] = new(Caller.Admin),

        ["/notifications"] = new(SignedIn),
        ["/api/uploads"] = new(Changers),
        // in its place of an id, an upload to that campaign
        ["/api/uploads/{id:guid}"] = new(Changers, Changers & (Own | Media), Changers & (Own | Media)),
        ["/campaigns/{Id:guid}/report"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{id:guid}/report/{table}.csv"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{id:guid}/report.pdf"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{id:guid}/report.xlsx"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{Id:guid}/proof"] = new(SignedIn, Own | Media, Own | Media),
        ["/campaigns/{id:guid}/proof.jsonl"] = new(SignedIn, Own | Media, Own | Media),
        ["/r/{Token}"] = new(Caller.Everybody, Caller.None), // open to holders of the secret; this is none
        ["/r/{token}/report.pdf"] = new(Caller.Everybody, Caller.None),

        // The media owner's
        ["/admin"] = new(Media),
        ["/admin/overview"] = new(Media, Reads: Media),
        ["/admin/screens"] = new(Media),
        ["/admin/buildings"] = new(Media),
        ["/admin/groups"] = new(Media),
        ["/admin/house"] = new(Media),
        ["/admin/live"] = new(Media),
        ["/admin/privacy"] = new(Media),
        ["/admin/audience"] = new(Media),
        ["/admin/approvals"] = new(Caller.Admin, Reads: Caller.Admin),
        ["/admin/audit"] = new(Caller.Admin, Reads: Caller.Admin),
        ["/api/loop"] = new(Caller.Admin),

        // Programs and screens
        ["/api/v1/me"] = new(Caller.Token),
        // of the document "v1"; in its place of a name there is none
        ["/api/{documentName}/openapi.json"] = new(Caller.Everybody, Caller.None),
        ["/api/v1/campaigns"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/counts"] = new(Caller.Token),
        ["/api/v1/campaigns/deleted"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/bulk"] = new(Caller.Token),
        ["/api/v1/inventory"] = new(Caller.Token),
        ["/api/v1/forecast"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/steps"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/duplicate"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/{id:guid}/restore"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/campaigns/{id:guid}/history"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/comments"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/change-requests"] = new(Caller.Token, Caller.Token),
        // there is no change request in its place
        ["/api/v1/campaigns/{id:guid}/change-requests/{request:guid}"] = new(Caller.Token, Caller.None),
        ["/api/v1/campaigns/{id:guid}/change-requests/{request:guid}/withdraw"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/change-requests/{request:guid}/accept"] = new(Caller.None), // the token is an advertiser's
        ["/api/v1/campaigns/{id:guid}/change-requests/{request:guid}/decline"] = new(Caller.None),
        ["/api/v1/campaigns/{id:guid}/experiments"] = new(Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/experiments/{experiment:guid}/stop"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/showing"] = new(Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/report"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/proof"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/links"] = new(Caller.Token, Caller.Token),
        ["/api/v1/links/{id:guid}"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}"] = new(Caller.Token),
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}/weight"] = new(Caller.Token),
        // there is no creative in its place
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}/video"] = new(Caller.Token, Caller.None),
        ["/api/v1/campaigns/{id:guid}/creatives/{creative:guid}/poster"] = new(Caller.Token, Caller.None),
        ["/api/v1/campaigns/{id:guid}/uploads"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/uploads"] = new(Caller.Token),
        ["/api/v1/uploads/{id:guid}"] = new(Caller.Token, Caller.Token, Caller.Token),
        ["/api/v1/uploads/{id:guid}/retry"] = new(Caller.Token),
        ["/api/v1/house"] = new(Caller.None), // the media owner's
        ["/api/v1/house/{id:guid}"] = new(Caller.None),
        ["/api/v1/house/{id:guid}/restore"] = new(Caller.None),
        ["/api/v1/approvals"] = new(Caller.None), // the token is an advertiser's
        ["/api/v1/approvals/campaigns/{id:guid}/approve"] = new(Caller.None),
        ["/api/v1/approvals/campaigns/{id:guid}/reject"] = new(Caller.None),
        ["/api/v1/approvals/creatives/{id:guid}/approve"] = new(Caller.None),
        ["/api/v1/approvals/creatives/{id:guid}/reject"] = new(Caller.None),
        ["GET /api/v1/sites"] = new(Caller.Token),
        ["POST /api/v1/sites"] = new(Caller.None),
        ["GET /api/v1/sites/{id:guid}"] = new(Caller.Token, Caller.None), // in its place of a building is none
        ["PUT /api/v1/sites/{id:guid}"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/consent"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/measurement"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/notice"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/erasure"] = new(Caller.None),
        ["/api/v1/sites/{id:guid}/hand-over"] = new(Caller.None),
        ["/api/v1/nodes"] = new(Caller.None),
        ["/api/v1/screens"] = new(Caller.None),
        ["/api/v1/screens/{id:guid}"] = new(Caller.None),
        ["/api/v1/screens/{id:guid}/token"] = new(Caller.None),
        ["GET /api/v1/groups"] = new(Caller.Token),
        ["POST /api/v1/groups"] = new(Caller.None),
        ["GET /api/v1/groups/{id:guid}"] = new(Caller.Token, Caller.None),
        ["PUT /api/v1/groups/{id:guid}"] = new(Caller.None),
        ["DELETE /api/v1/groups/{id:guid}"] = new(Caller.None),
        ["/api/v1/overview"] = new(Caller.None),
        ["/api/v1/audience"] = new(Caller.None),
        ["/api/v1/privacy"] = new(Caller.None),
        ["/api/v1/audit"] = new(Caller.None),
        ["/api/v1/webhooks"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}"] = new(Caller.Token, Caller.None),
        ["/api/v1/webhooks/{id:guid}/paused"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}/secret"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}/test"] = new(Caller.Token),
        ["/api/v1/webhooks/{id:guid}/deliveries"] = new(Caller.Token, Caller.None),
        ["/api/v1/webhooks/{id:guid}/deliveries/{delivery:guid}/again"] = new(Caller.Token),
        ["/api/v1/notifications"] = new(Caller.Token, Reads: Caller.Token),
        ["/api/v1/notifications/read"] = new(Caller.Token),
        ["/api/v1/notifications/mail"] = new(Caller.Token),
        ["/api/v1/organisation"] = new(Caller.Token),
        ["/api/v1/members"] = new(Caller.Token),
        ["/api/v1/members/{id:guid}"] = new(Caller.Token),
        ["/api/v1/members/{id:guid}/role"] = new(Caller.Token),
        ["/api/v1/invitations"] = new(Caller.Token),
        ["/api/v1/invitations/{id:guid}"] = new(Caller.Token),
        ["/api/v1/tokens"] = new(Caller.Token),
        ["/api/v1/tokens/{id:guid}"] = new(Caller.Token),
        ["/api/screens/frames"] = new(Caller.Screen),
        ["/api/screens/audiences"] = new(Caller.Screen),
        ["/api/screens/plays"] = new(Caller.Screen),
        ["/hubs/screens"] = new(Caller.Screen),
        ["/hubs/screens/negotiate"] = new(Caller.Screen),
    };

    /// <summary>Rules for routes that the app does not have.</summary>
    /// <param name="routes">The app's routes, each with and without its method in front.</param>
    public static IEnumerable<string> Without(IEnumerable<string> routes) => Rules.Keys.Except(routes);

    // Where reading and writing are for different callers, the rule names the method.
    public static RouteRule? Of(string method, string pattern) =>
        Rules.GetValueOrDefault($"{method} {pattern}") ?? Rules.GetValueOrDefault(pattern);
}
