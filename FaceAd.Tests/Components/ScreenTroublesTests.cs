using System.Globalization;
using Bunit;
using FaceAd.Core;
using FaceAd.Tests.Components.Homes;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.Pages.Admin;
using FaceAd.Web.Components.Pages.Admin.Sites;
using FaceAd.Web.Players;

namespace FaceAd.Tests.Components;

/// <summary>What the Screens page says of a screen that needs attention.</summary>
public sealed class ScreenTroublesTests
{
    private static readonly ScreenNow Well = new(
        Guid.NewGuid(), "Elevator A", "Tower", Connected: true, Sample.Noon, CameraState.Running, null, null, null, null, 0, [],
        InferenceMode.Server, 0, PageRendering: true, InferenceMode.Server, HasModels: true);

    public static TheoryData<string, string, string> Troubles => new()
    {
        { "still", "en", "A still face is in the picture, such as a poster. It is not counted, but it can hide riders. Remove it, or turn the camera away from it." },
        { "still", "ko", "포스터처럼 움직이지 않는 얼굴이 카메라에 잡힙니다. 집계되지는 않지만 탑승자를 가릴 수 있으니 치우거나 카메라 방향을 바꾸세요." },
        { "turned", "en", "Faces are upright only when the camera's picture is turned clockwise by 90 degrees, so riders are missed or misjudged. Mount the camera upright, or add 90 to its player's --camera-turn (from 360 on, less 360)." },
        { "turned", "ko", "카메라 영상을 시계 방향으로 90도 돌려야 얼굴이 바로 보입니다. 지금은 탑승자를 놓치거나 잘못 판단할 수 있습니다. 카메라를 바로 설치하거나 플레이어의 --camera-turn 값에 90을 더하세요(360 이상이면 360을 빼세요)." },
        { "second", "en", "Another device tries to connect with this screen's token and is refused. Register it as a screen of its own." },
        { "second", "ko", "다른 기기가 이 화면의 토큰으로 접속을 시도하고 있어 차단했습니다. 그 기기는 별도의 화면으로 등록해 주세요." },
        { "left out", "en", "Failed here twice and is left out for a day: Spring, Summer. Other videos play. Upload it again in another form." },
        { "left out", "ko", "이 화면에서 두 번 실패해 하루 동안 제외됨: Spring, Summer. 다른 영상은 재생됩니다. 다른 형식으로 다시 업로드해 주세요." },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Card_ScreenNeedsAttention_SaysWhatAndWhatToDo(string trouble, string language, string text)
    {
        await using var context = new HomesContext(Sample.Noon);
        (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (new(language), new(language));
        var now = trouble switch
        {
            "still" => Well with { Hints = new CameraHints(StillFace: true, 0) },
            "turned" => Well with { Hints = new CameraHints(StillFace: false, 90) },
            "second" => Well with { IsDisputed = true },
            _ => Well with { LeftOut = ["Spring", "Summer"] },
        };
        Assert.Equal(text, Assert.Single(Said(now)));
        Assert.Empty(Said(Well));

        IEnumerable<string> Said(ScreenNow screen) => context
            .Render<ScreenCard>(p => p.Add(c => c.View, new ScreenView(screen, Revoked: false, Sample.Noon)).Add(c => c.Ago, "now"))
            .FindAll("[data-trouble]").Select(t => t.TextContent.Trim());
    }
}
