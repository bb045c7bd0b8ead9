using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Decisions;

/// <summary>Riders whose faces are too small or too blurred: present, and nobody's target.</summary>
public sealed class UnknownRidersTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public void Decide_OnlyUnknownRiders_TargetsNobodyUntilOneIsKnown()
    {
        var engine = app.Services.GetRequiredService<DecisionEngine>();
        var audiences = app.Services.GetRequiredService<LiveAudiences>();
        var screen = app.Services.GetRequiredService<ScreenDirectory>().Find(app.Server.Screen.Id)!;
        var (made, now, audience) = (new List<Decision>(), TimeProvider.System.GetUtcNow(), Guid.NewGuid());
        using var watching = engine.Made.Add(decision =>
        {
            if (decision.Screen.Id == screen.Id) made.Add(decision.Decision);
        });
        PresenceReport Rider(Segment? segment, int track) => Sample.Viewer(segment, now.AddSeconds(-1), now, track);

        audiences.Update(screen, Sample.Report(audience, 1, now, now, AudienceState.Open, Rider(null, 1), Rider(null, 2)));
        Assert.Empty(made); // nothing is known that could change what is on

        engine.PlayEnding(screen.Id, new PlayEnding(app.Creative.Id, TimeSpan.FromSeconds(1)));
        var blind = Assert.Single(made);
        Assert.Equal((DecisionReason.SegmentUnknown, Segment.Unknown, 2), (blind.Reason, blind.Dominant, blind.Viewers));
        Assert.Null(blind.CampaignId);
        Assert.Null(blind.CreativeId);

        audiences.Update(screen, Sample.Report(audience, 2, now, now, AudienceState.Open, Rider(null, 1), Rider(Segment.Men2030, 2)));
        engine.PlayEnding(screen.Id, new PlayEnding(null, TimeSpan.FromSeconds(1)));
        var seen = made[^1];
        Assert.Equal((DecisionReason.Targeted, Segment.Men2030, 2), (seen.Reason, seen.Dominant, seen.Viewers));
        Assert.Equal(app.Campaign.Id, seen.CampaignId);
    }
}
