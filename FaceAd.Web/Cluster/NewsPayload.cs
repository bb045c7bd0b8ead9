using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FaceAd.Web.Cluster;

/// <summary>What a node received: some things have changed, or anything may have.</summary>
/// <param name="Everything">True: anything may have changed, and the rest is meaningless.</param>
/// <param name="Campaigns">Campaigns whose figures changed.</param>
/// <param name="Sites">Sites whose people or presences changed.</param>
sealed record NewsHeard(bool Everything, IReadOnlySet<Guid> Campaigns, IReadOnlySet<Guid> Sites)
{
    private static readonly NewsHeard None = new(false, new HashSet<Guid>(), new HashSet<Guid>());

    /// <summary>Anything may have changed: news may have been missed.</summary>
    public static NewsHeard All { get; } = None with { Everything = true };

    /// <summary>Time has passed, and figures change with it. No news has been missed.</summary>
    public static NewsHeard Time { get; } = All with { OnlyTime = true };

    /// <summary>Campaigns, creatives, or what people write about them have changed.</summary>
    /// <param name="campaigns">Of which campaigns; none for any.</param>
    public static NewsHeard OfBookings(params HashSet<Guid> campaigns) => None with { Bookings = true, BookingsOf = campaigns };

    /// <summary>Users have new notifications, or have read some.</summary>
    /// <param name="users">Which users; none for any.</param>
    public static NewsHeard OfInbox(params HashSet<Guid> users) => None with { InboxOf = users };

    /// <summary>Sites or screens have changed.</summary>
    public static NewsHeard OfScreens { get; } = None with { Screens = true };

    /// <summary>Sessions of a user have ended.</summary>
    public static NewsHeard OfSessions(Guid user) => None with { SessionsOf = user };

    /// <summary>Whether campaigns, creatives, or what people write about them may have changed.</summary>
    public bool Bookings { get => field || IsMissed; private init; }

    /// <summary>Whether what <see cref="Bookings"/> is about may have changed for a campaign.</summary>
    public bool IsOfBooking(Guid campaign) => IsMissed || (Bookings && (BookingsOf.Count == 0 || BookingsOf.Contains(campaign)));

    /// <summary>Whether a user's notifications may have changed.</summary>
    public bool IsOfInbox(Guid user) => IsMissed || (InboxOf is { } users && (users.Count == 0 || users.Contains(user)));

    /// <summary>Whether sites or screens may have changed.</summary>
    public bool Screens { get => field || IsMissed; private init; }

    /// <summary>Screens that were heard again after a silence.</summary>
    public IReadOnlySet<Guid> Back { get; init; } = new HashSet<Guid>();

    /// <summary>Sites at which people were erased.</summary>
    public IReadOnlySet<Guid> Erased { get; init; } = new HashSet<Guid>();

    /// <summary>The user whose sessions have ended.</summary>
    public Guid? SessionsOf { get; private init; }

    /// <summary>Whether news may have been missed.</summary>
    public bool IsMissed => Everything && !OnlyTime;

    private bool OnlyTime { get; init; }

    private HashSet<Guid> BookingsOf { get; init; } = [];

    private HashSet<Guid>? InboxOf { get; init; } // null: nobody's
}

/// <summary>
/// Payload of NOTIFY: for each thing its kind as a digit and its identity in 22 characters, concatenated, or a star for "anything may have
/// changed"; or one of <see cref="NewsTriggers"/>. PostgreSQL limits a payload to less than 8,000 bytes.
/// </summary>
static class NewsPayload
{
    /// <summary>The most things per payload.</summary>
    public const int MostThings = 340;

    /// <summary>The most payloads at a time; beyond that, "everything" is announced.</summary>
    public const int MostPayloads = 4;

    private const string Everything = "*";
    private const int IdLetters = 22;

    /// <summary>Formats the changes, each thing once.</summary>
    public static IReadOnlyList<string> Write(IEnumerable<(NewsKind Kind, Guid Id)> things)
    {
        var distinct = things.Distinct().ToList();
        if (distinct.Count > MostThings * MostPayloads) return [Everything];
        return [.. distinct.Chunk(MostThings).Select(chunk =>
            chunk.Aggregate(new StringBuilder(), (text, t) => text.Append((int)t.Kind).Append(Base64Url.EncodeToString(t.Id.ToByteArray())))
                .ToString())];
    }

    /// <summary>Parses a payload. An unknown format, perhaps of a newer version, means everything.</summary>
    public static NewsHeard Read(string payload)
    {
        if (payload == NewsTriggers.Screens) return NewsHeard.OfScreens;
        if (Ids(payload, NewsTriggers.Bookings) is { } campaigns) return NewsHeard.OfBookings(campaigns);
        if (Ids(payload, NewsTriggers.Inbox) is { } users) return NewsHeard.OfInbox(users);
        if (payload.StartsWith(NewsTriggers.SessionsOf, StringComparison.Ordinal)
            && Guid.TryParseExact(payload.AsSpan(NewsTriggers.SessionsOf.Length), "D", out var user)) return NewsHeard.OfSessions(user);
        if (payload.Length == 0 || payload.Length % (1 + IdLetters) != 0) return NewsHeard.All;
        HashSet<Guid> changed = [], sites = [], back = [], erased = [];
        Span<byte> id = stackalloc byte[16];
        for (var at = 0; at < payload.Length; at += 1 + IdLetters)
        {
            if (Base64Url.DecodeFromChars(payload.AsSpan(at + 1, IdLetters), id, out _, out var bytes) != OperationStatus.Done
                || bytes != id.Length) return NewsHeard.All;
            switch ((NewsKind)(payload[at] - '0'))
            {
                case NewsKind.Campaign: changed.Add(new Guid(id)); break;
                case NewsKind.Site: sites.Add(new Guid(id)); break;
                case NewsKind.ScreenBack: back.Add(new Guid(id)); break;
                case NewsKind.Erased: erased.Add(new Guid(id)); break;
                default: return NewsHeard.All;
            }
        }
        return new NewsHeard(false, changed, sites) { Back = back, Erased = erased };
    }

    // What follows the word, separated by spaces; null for another word, or for what is no identity.
    private static HashSet<Guid>? Ids(string payload, string word)
    {
        if (!payload.StartsWith(word, StringComparison.Ordinal)) return null;
        HashSet<Guid> ids = [];
        foreach (var part in payload[word.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Guid.TryParseExact(part, "D", out var id)) return null;
            ids.Add(id);
        }
        return ids;
    }
}
