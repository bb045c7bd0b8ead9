using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>Two real web apps whose screens want the same campaign, of which little is left.</summary>
public sealed class TwoNodesBudgetTests : IAsyncLifetime
{
    private const int Goal = 40;
    private NodeApp _one = null!, _two = null!;

    public async Task InitializeAsync()
    {
        _one = await NodeApp.StartAsync();
        _two = await NodeApp.StartAsync(_one);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Choose_BothWantTheLastImpressions_TogetherComeToTheGoalAndNotBeyond()
    {
        await using var db = _one.NewContext();
        var advertiser = await db.Organisations.SingleAsync(o => o.Id == _one.Campaign.OrganisationId);
        var (campaign, _) = await Sample.AddCampaignAsync(
            db, advertiser, [Segment.Women2030], Goal * 10_000, PriceModel.PerThousand, 10_000_000);
        (campaign.StartsOn, campaign.EndsOn) = (_one.Campaign.StartsOn, _one.Campaign.EndsOn);
        campaign.Delivery = new DeliveryTerms { Pace = Pace.AsFastAsPossible };
        await db.SaveChangesAsync();

        var (committed, byOne, byTwo) = (0.0, 0, 0);
        // On a busy machine one node may have it all before the other one has asked.
        await Wait.UntilAsync(() => byTwo > 0 || (Choose(_two) && ++byTwo > 0), "the second node has its part");
        await Wait.UntilAsync(
            () =>
            {
                if (Choose(_one)) byOne++;
                if (Choose(_two)) byTwo++;
                return Task.FromResult(committed >= Goal);
            },
            "the goal is reached", state: () => Task.FromResult(
                $"{byOne} and {byTwo} chosen, {committed:0.00} of {Goal}. {string.Join(' ', _one.Complaints.Concat(_two.Complaints))}"));
        for (var i = 0; i < 20; i++) Assert.False(Choose(i % 2 == 0 ? _one : _two));
        Assert.InRange(committed, Goal, Goal + 1);
        Assert.True(byOne > 0 && byTwo > 0, $"{byOne} and {byTwo}");

        bool Choose(NodeApp node)
        {
            var screen = node.Services.GetRequiredService<ScreenDirectory>().All[0];
            var now = TimeProvider.System.GetUtcNow();
            var cabin = new Cabin(screen.SiteId, screen.Calendar, [new Rider(Sample.Viewer(Segment.Women2030, now, now))]);
            var choice = node.Services.GetRequiredService<Chooser>().Choose(screen, cabin, new ScreenMemory(screen.Id), now);
            if (choice.Why.Winner?.Campaign.Id != campaign.Id) return false;
            committed += choice.Why.Expected;
            return true;
        }
    }
}
