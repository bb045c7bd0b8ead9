using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FaceAd.Web.Cluster;

/// <summary>What a node received: some things have changed, or anything may have.</summary>
/// <param name="Everything">True: anything may have changed, and the sets are meaningless.</param>
/// <param name="Campaigns">Campaigns whose figures changed.</param>
/// <param name="Sites">Sites whose people or presences changed.</param>
sealed record NewsHeard(bool Everything, IReadOnlySet<Guid> Campaigns, IReadOnlySet<Guid> Sites)
{
    /// <summary>Anything may have changed.</summary>
    public static NewsHeard All { get; } = new(true, new HashSet<Guid>(), new HashSet<Guid>());
}

/// <summary>
/// Payload of NOTIFY: for each thing its kind as a digit and its identity in 22 characters, concatenated, or a star for "anything may have
/// changed". PostgreSQL limits a payload to less than 8,000 bytes.
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
        if (payload.Length == 0 || payload.Length % (1 + IdLetters) != 0) return NewsHeard.All;
        HashSet<Guid> campaigns = [], sites = [];
        Span<byte> id = stackalloc byte[16];
        for (var at = 0; at < payload.Length; at += 1 + IdLetters)
        {
            if (Base64Url.DecodeFromChars(payload.AsSpan(at + 1, IdLetters), id, out _, out var bytes) != OperationStatus.Done
                || bytes != id.Length) return NewsHeard.All;
            switch ((NewsKind)(payload[at] - '0'))
            {
                case NewsKind.Campaign: campaigns.Add(new Guid(id)); break;
                case NewsKind.Site: sites.Add(new Guid(id)); break;
                default: return NewsHeard.All;
            }
        }
        return new NewsHeard(false, campaigns, sites);
    }
}
