using FaceAd.Web.Cluster;

namespace FaceAd.Web.Api.Models;

/// <summary>A node.</summary>
/// <param name="Id">Identity of its stay: a restart is a new one.</param>
/// <param name="Address">Where other nodes reach it; null when it has none, so that no site can be handed over to it.</param>
/// <param name="State">serves; drains, when it hands all its sites over; or away, when it starts, stops or hangs.</param>
/// <param name="Sites">How many sites it owns.</param>
sealed record NodeModel(Guid Id, string? Address, string State, int Sites)
{
    internal static NodeModel Of(NodeLoad n) =>
        new(n.Id, n.Address?.ToString(), n.Drains ? "drains" : n.Serves ? "serves" : "away", n.Sites);
}

/// <summary>Where a site is to go.</summary>
/// <param name="Node">Address or identity of a node; the one with the fewest sites when absent.</param>
sealed record HandOverRequest(string? Node);

/// <summary>A site's way, which it takes within a second or two.</summary>
/// <param name="From">The node that owns it.</param>
/// <param name="To">The node that will own it.</param>
sealed record HandOverModel(string From, string To);
