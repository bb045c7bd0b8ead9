namespace FaceAd.Web.Cluster;

/// <summary>A living node, and how many sites it has.</summary>
/// <param name="Id">Identity of its stay.</param>
/// <param name="Address">Its address for other nodes.</param>
/// <param name="Sites">How many sites its rows name it for.</param>
/// <param name="Serves">See <see cref="Node.Serves"/>.</param>
/// <param name="Drains">See <see cref="Node.Drains"/>.</param>
sealed record NodeLoad(Guid Id, Uri? Address, int Sites, bool Serves, bool Drains)
{
    /// <summary>Whether sites may be handed over to it.</summary>
    public bool Takes => Serves && !Drains && Address is not null;

    /// <summary>Its address, or its identity where it has none.</summary>
    public string Name => Address?.ToString() ?? Id.ToString();

    /// <summary>Whether a person's word, an address or an identity, names it.</summary>
    public bool IsAt(string word) =>
        Id.ToString() == word || (Address is { } address && Uri.TryCreate(word, UriKind.Absolute, out var at) && at == address);
}

/// <summary>
/// How sites are evened out between living nodes. While one node moves sites at a time, each move makes the numbers more even, so they
/// settle within <see cref="Slack"/>, and nothing moves back. A node that drains gives everything.
/// </summary>
static class FairShare
{
    /// <summary>The most sites of one move: their screens connect again all at once.</summary>
    public const int Batch = 5;

    /// <summary>What a node moves now.</summary>
    /// <param name="nodes">The living nodes.</param>
    /// <param name="giver">The node that asks.</param>
    /// <returns>To which node, and how many sites; null for nothing.</returns>
    public static (NodeLoad Heir, int Sites)? Of(IReadOnlyList<NodeLoad> nodes, Guid giver)
    {
        List<NodeLoad> others = [.. nodes.Where(n => n.Id != giver && n.Takes)];
        if (nodes.FirstOrDefault(n => n.Id == giver) is not { } mine || others.MinBy(n => (n.Sites, n.Id)) is not { } heir) return null;
        if (mine.Drains) return mine.Sites > 0 ? (heir, Math.Min(Batch, mine.Sites)) : null;
        if (!mine.Takes) return null;
        var (share, rest) = Math.DivRem(others.Sum(n => n.Sites) + mine.Sites, others.Count + 1);
        if (mine.Sites - heir.Sites <= Slack(share)) return null;
        // Neither below the share nor, where it is no whole number, above the next.
        var more = share + Math.Sign(rest);
        var sites = Math.Max(Math.Min(mine.Sites - share, share - heir.Sites), Math.Min(mine.Sites - more, more - heir.Sites));
        return sites > 0 ? (heir, Math.Min(Batch, sites)) : null;
    }

    /// <summary>By how many sites nodes may differ before any moves: one, and a tenth of the share.</summary>
    /// <param name="share">Sites of a node if all had the same.</param>
    public static int Slack(int share) => 1 + (share / 10);
}
