using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Delivery;

/// <summary>
/// What explains the ups and downs of a campaign: pauses, changes, silent screens. From the audit log and the gaps of its screens, along
/// their indexes.
/// </summary>
sealed class DeliveryMarkReader(NpgsqlDataSource database, ScreenDirectory screens, TimeProvider time)
{
    /// <summary>The most marks of the log, and the most silences, the longest: more would hide the curve.</summary>
    public const int Most = 8;

    /// <summary>The most screens whose silences are read, so that a large network costs no more than a small one.</summary>
    public const int MostScreens = 200;

    private const int GapsOfAScreen = 50;

    /// <summary>A shorter silence, such as a restart, moves no curve.</summary>
    public static readonly TimeSpan LeastSilence = TimeSpan.FromMinutes(10);

    private static readonly int[] Verbs =
        [(int)AuditVerb.CampaignPaused, (int)AuditVerb.CampaignResumed, (int)AuditVerb.CampaignChanged, (int)AuditVerb.ChangeAccepted,
            (int)AuditVerb.CampaignMadeGood, (int)AuditVerb.MakeGoodUndone];

    /// <summary>A campaign's marks in the order of time. The caller has checked that the user may see it.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="from">Only what happened from here on.</param>
    /// <param name="until">And up to here, exclusive; what lies ahead is never read.</param>
    /// <param name="screen">Which of its screens.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlyList<DeliveryMark>> ReadAsync(
        Campaign campaign, DateTimeOffset from, DateTimeOffset until, Func<ScreenEntry, bool> screen,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var now = time.GetUtcNow();
        if (until > now) until = now;
        Guid[] its = [.. screens.All.Where(s => Targeting.RunsAt(campaign.SiteIds, s.SiteId) && screen(s)).Select(s => s.Id)
            .Take(MostScreens)];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var batch = new ReadBatch(connection);
        // Terms that change before the approval move nothing.
        var told = batch.Add("""
            SELECT at, verb FROM audit_entries WHERE subject_id = $1 AND at >= $2 AND at < $3 AND verb = ANY ($4)
                AND at > COALESCE((SELECT min(at) FROM audit_entries WHERE subject_id = $1 AND verb = $5), $2)
            ORDER BY at DESC, id DESC LIMIT $6
            """, [campaign.Id, from, until, Verbs, (int)AuditVerb.CampaignApproved, Most],
            r => new DeliveryMark(KindOf((AuditVerb)r.GetInt32(1)), r.GetFieldValue<DateTimeOffset>(0), null, 0));
        var gaps = batch.Add("""
            SELECT g.screen_id, g.since, g.until FROM unnest($1::uuid[]) AS s (id) CROSS JOIN LATERAL (
                SELECT * FROM screen_gaps x WHERE x.screen_id = s.id AND x.since < $3 AND x.until > $2 AND x.until - x.since >= $4
                ORDER BY x.since DESC LIMIT $5) g
            """, [its, from, until, LeastSilence, GapsOfAScreen],
            r => (Screen: r.GetGuid(0), Since: r.GetFieldValue<DateTimeOffset>(1), Until: r.GetFieldValue<DateTimeOffset>(2)));
        await batch.RunAsync(cancellation);
        return [.. told.Concat(Silences(gaps).Select(s => s with { From = s.From < from ? from : s.From }))
            .OrderBy(m => m.From).ThenBy(m => m.Kind)];
    }

    /// <summary>Silences that overlap are one; of those, the longest.</summary>
    /// <param name="gaps">The gaps of each screen.</param>
    internal static IEnumerable<DeliveryMark> Silences(IEnumerable<(Guid Screen, DateTimeOffset Since, DateTimeOffset Until)> gaps)
    {
        List<(DateTimeOffset From, DateTimeOffset Until, HashSet<Guid> Screens)> together = [];
        foreach (var (screen, since, until) in gaps.OrderBy(g => g.Since))
        {
            if (together is [.., var last] && since <= last.Until)
            {
                last.Screens.Add(screen);
                together[^1] = last with { Until = until > last.Until ? until : last.Until };
            }
            else together.Add((since, until, [screen]));
        }
        return together.OrderByDescending(t => t.Until - t.From).Take(Most)
            .Select(t => new DeliveryMark(DeliveryMarkKind.Silent, t.From, t.Until, t.Screens.Count));
    }

    private static DeliveryMarkKind KindOf(AuditVerb verb) => verb switch
    {
        AuditVerb.CampaignPaused => DeliveryMarkKind.Paused,
        AuditVerb.CampaignResumed => DeliveryMarkKind.Resumed,
        _ => DeliveryMarkKind.Changed,
    };
}
