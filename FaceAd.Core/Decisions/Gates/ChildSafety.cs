namespace FaceAd.Core.Decisions.Gates;

/// <summary>A likely child in view keeps ads that are not for children from the whole cabin. Pure rule.</summary>
public static class ChildSafety
{
    /// <summary>From this probability on, somebody in view counts as a child.</summary>
    public const double Likely = 0.2;

    /// <summary>Whether a child is likely in view: 1 minus the product of each rider's probability of being none.</summary>
    /// <param name="riders">Everybody in view.</param>
    public static bool IsChildLikely(IReadOnlyList<Rider> riders)
    {
        ArgumentNullException.ThrowIfNull(riders);
        var none = 1.0;
        for (var i = 0; i < riders.Count; i++)
        {
            var presence = riders[i].Presence;
            none *= 1 - (presence.ChildProbability ?? presence.Segments?.Kids ?? 0);
        }
        return 1 - none >= Likely;
    }
}
