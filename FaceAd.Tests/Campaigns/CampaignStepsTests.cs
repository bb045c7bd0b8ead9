using FaceAd.Web.Campaigns;

namespace FaceAd.Tests.Campaigns;

public sealed class CampaignStepsTests
{
    // The whole table, written out by hand: every other pair of state and action changes nothing.
    private static readonly Dictionary<(CampaignState, CampaignAction), CampaignState> Table = new()
    {
        [(CampaignState.Draft, CampaignAction.Submit)] = CampaignState.Submitted,
        [(CampaignState.Rejected, CampaignAction.Submit)] = CampaignState.Submitted,
        [(CampaignState.Rejected, CampaignAction.Revise)] = CampaignState.Draft,
        [(CampaignState.Submitted, CampaignAction.Revise)] = CampaignState.Draft,
        [(CampaignState.Submitted, CampaignAction.Approve)] = CampaignState.Approved,
        [(CampaignState.Submitted, CampaignAction.Reject)] = CampaignState.Rejected,
        [(CampaignState.Approved, CampaignAction.Pause)] = CampaignState.Paused,
        [(CampaignState.Paused, CampaignAction.Resume)] = CampaignState.Approved,
    };

    [Fact]
    public void Next_EveryStateAndAction_FollowsTheTable()
    {
        foreach (var state in Enum.GetValues<CampaignState>())
        {
            foreach (var action in Enum.GetValues<CampaignAction>())
            {
                var happens = Table.TryGetValue((state, action), out var to);
                Assert.Equal(new CampaignStep(happens, state, happens ? to : state), CampaignSteps.Next(state, action));
            }
        }
    }

    [Fact]
    public void Next_WithoutTheMediaOwner_NeverReachesTheScreens()
    {
        // Everything that an advertiser alone can reach from a draft.
        HashSet<CampaignState> reached = [CampaignState.Draft];
        while (reached.SelectMany(s =>
            Enum.GetValues<CampaignAction>().Where(a => !CampaignSteps.ForAdmins(a)).Select(a => CampaignSteps.Next(s, a).To))
            .Where(s => !reached.Contains(s)).Distinct().ToList() is { Count: > 0 } more) reached.UnionWith(more);
        Assert.Equal([CampaignState.Draft, CampaignState.Submitted], reached.Order());
    }
}
