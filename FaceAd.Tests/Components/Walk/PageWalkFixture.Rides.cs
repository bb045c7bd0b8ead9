using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components.Walk;

/// <content>Who saw the running campaign.</content>
public partial class PageWalkFixture
{
    private async Task ExposuresAsync(Guid creative, DateTimeOffset noon)
    {
        var directory = Services.GetRequiredService<ScreenDirectory>();
        await directory.RefreshAsync();
        var screen = directory.All.First(s => s.Name == "A");
        for (var ride = 0; ride < 8; ride++)
        {
            var from = noon.AddMinutes(ride);
            var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(30), inView: false,
                views: [Sample.Face(1 + (ride % 6), 0.3, ride), Sample.Face(1 + (ride % 6), 0.3, 50 + ride)]);
            await Services.GetRequiredService<AudienceIntake>()
                .CommitAsync(screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(30), AudienceState.Closed, viewer), default);
            await Services.GetRequiredService<PlayIntake>().CommitAsync(screen, DeviceClient.Keys.Sign(screen.Id, [new PlayReport
            {
                PlayId = Guid.NewGuid(),
                DecisionId = Decide(screen.Id, creative, from),
                CreativeId = creative,
                StartedAt = from.AddSeconds(5),
                EndedAt = from.AddSeconds(15),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 240,
            }]), default);
        }
        await using var db = NewContext();
        await Wait.UntilAsync(async () => await db.Exposures.CountAsync() >= 8, "the exposures are computed");
    }
}
