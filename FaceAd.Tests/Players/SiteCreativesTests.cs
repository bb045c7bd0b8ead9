using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Players;

namespace FaceAd.Tests.Players;

/// <summary>What is kept up to date by changes is what would be composed anew.</summary>
public sealed class SiteCreativesTests
{
    private static readonly Guid[] Sites = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];

    [Fact]
    public void Follow_RandomChanges_IsWhatIsComposedAnew()
    {
        var random = new Random(7);
        var creatives = new SiteCreatives();
        var snapshot = DecisionSnapshot.Empty;
        var composed = Sites.ToDictionary(s => s, s => creatives.Of(s));
        for (var round = 0; round < 400; round++)
        {
            snapshot = Change(snapshot, random);
            var touched = creatives.Follow(snapshot);
            foreach (var site in Sites)
            {
                var now = creatives.Of(site);
                Assert.Equal(Anew(snapshot, site), now);
                Assert.Equal(snapshot.HouseLoop.Select(c => c.Id), creatives.HouseLoop.Select(c => c.CreativeId));
                if (touched?.Contains(site) == false) Assert.Same(composed[site], now);
                composed[site] = now;
            }
        }
    }

    [Fact]
    public void Follow_OneCampaignOfMany_TouchesItsSitesAlone()
    {
        var random = new Random(7);
        var creatives = new SiteCreatives();
        var snapshot = new DecisionSnapshot(
            DateTimeOffset.UnixEpoch,
            [.. Enumerable.Range(0, 100).Select(_ => Campaign(Guid.NewGuid(), [Sites[0]], random)).OrderBy(c => c.Id)], []);
        creatives.Follow(snapshot);
        Assert.Empty(creatives.Follow(snapshot with { TakenAt = DateTimeOffset.MaxValue })!);
        List<SnapshotCampaign> campaigns = [.. snapshot.Campaigns];
        campaigns[50] = campaigns[50] with { Impressions = 7 }; // delivery alone
        snapshot = snapshot with { Campaigns = campaigns };
        Assert.Empty(creatives.Follow(snapshot)!);
        campaigns = [.. campaigns];
        campaigns[50] = campaigns[50] with { SiteIds = [Sites[1], Sites[2]] };
        Assert.Equal(Sites[..3].Order(), creatives.Follow(snapshot with { Campaigns = campaigns })!.Order());
    }

    private static List<CreativeFile> Anew(DecisionSnapshot snapshot, Guid site) =>
        [.. snapshot.HouseLoop.Concat(snapshot.Campaigns.Where(c => Targeting.RunsAt(c.SiteIds, site)).SelectMany(c => c.Creatives))
            .Select(c => new CreativeFile(c.Id, c.Sha256, c.Bytes, c.Seconds, c.Name))];

    private static DecisionSnapshot Change(DecisionSnapshot snapshot, Random random)
    {
        List<SnapshotCampaign> campaigns = [.. snapshot.Campaigns];
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(campaigns.Count + 1);
            if (at == campaigns.Count) campaigns.Add(Campaign(Guid.NewGuid(), SomeSites(random), random));
            else if (random.Next(4) == 0) campaigns.RemoveAt(at);
            else if (random.Next(2) == 0) campaigns[at] = campaigns[at] with { Impressions = random.Next() };
            else campaigns[at] = Campaign(campaigns[at].Id, SomeSites(random), random);
        }
        var house = random.Next(20) == 0 ? [.. Enumerable.Range(0, random.Next(3)).Select(_ => Creative())] : snapshot.HouseLoop;
        return new DecisionSnapshot(DateTimeOffset.UnixEpoch, [.. campaigns.OrderBy(c => c.Id)], house);
    }

    // Now and then everywhere, or a site twice.
    private static Guid[] SomeSites(Random random) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Sites[random.Next(5)])];

    private static SnapshotCampaign Campaign(Guid id, Guid[] sites, Random random) => new()
    {
        Id = id,
        StartsOn = default,
        EndsOn = default,
        Targets = [],
        SiteIds = sites,
        PriceModel = PriceModel.Flat,
        BudgetKrw = 1,
        Impressions = 0,
        TargetImpressions = 0,
        Creatives = [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Creative())],
    };

    private static SnapshotCreative Creative() => new(Guid.NewGuid(), "Name", "hash", 1, 15);
}
