namespace FaceAd.Core.Decisions.Gates;

/// <summary>Creatives that tell a story: the next one is for who has seen those before it. Pure rule.</summary>
public static class Sequence
{
    /// <summary>
    /// Whose turn it is: the creative that most riders have not seen while they have seen all before it; the earlier one on a tie. Who
    /// is not recognised has seen none. Who has seen all sees the last one again.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="seen">What each rider has seen; null for who is not recognised.</param>
    /// <returns>Its place among the campaign's creatives.</returns>
    public static int Next(SnapshotCampaign campaign, ReadOnlySpan<SeenAds?> seen)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var (best, most) = (0, 0);
        for (var step = 0; step < campaign.Creatives.Count; step++)
        {
            var count = 0;
            foreach (var rider in seen)
            {
                if (StepOf(campaign, rider) == step) count++;
            }
            if (count > most) (best, most) = (step, count);
        }
        return best;
    }

    private static int StepOf(SnapshotCampaign campaign, SeenAds? seen)
    {
        var step = 0;
        while (step < campaign.Creatives.Count - 1 && seen is not null && seen.Has(campaign.Id, campaign.Creatives[step].Id)) step++;
        return step;
    }
}
