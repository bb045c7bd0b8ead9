using FaceAd.Core;
using FaceAd.Demo.Videos;
using FaceAd.Web.Campaigns;

namespace FaceAd.Demo.History.Bookings;

/// <summary>The campaigns of the demonstration: one for each segment that runs everywhere, others in every state.</summary>
static class CampaignPlans
{
    const int Weekdays = 0b001_1111;

    static readonly string Byeolsol = AdvertiserOf("star-pop"), Neoul = AdvertiserOf("run-01"), Ongyeol = AdvertiserOf("glow-serum");

    /// <summary>The campaigns.</summary>
    public static IReadOnlyList<CampaignPlan> All { get; } = [.. Everywhere(), .. Others()];

    static IEnumerable<CampaignPlan> Everywhere() =>
    [
        new("별톡젤리 Star Pop", Byeolsol, [("star-pop", 1)], [Segment.Kids], -19, 16, 80_000),
        new("너울 러닝화 Run 01", Neoul, [("run-01", 1)], [Segment.Men2030], -17, 24, 50_000, 14_000),
        new("글로우 세럼 Glow Serum", Ongyeol, [("glow-serum", 1)], [Segment.Women2030], -14, 27, 150_000, 15_000),
        new("트레일 셸 재킷 Trail Jacket", Neoul, [("trail-jacket", 1)], [Segment.Men4050], -21, 20, 140_000),
        new("들꽃차 Wildflower Tea", Byeolsol, [("wildflower-tea", 1)], [Segment.Women4050], -15, 19, 20_000, 13_000),
        new("관절 조인트 Joint Care", Ongyeol, [("joint-care", 1)], [Segment.Silver], -12, 22, 80_000),
    ];

    static IEnumerable<CampaignPlan> Others() =>
    [
        // Finished.
        new("글로우 세럼 첫 출시 Glow Serum Launch", Ongyeol, [("glow-serum", 1)], [Segment.Women2030, Segment.Women4050], -40, -13, 140_000),
        new("들꽃차 선물 세트 Wildflower Tea Gifts", Byeolsol, [("wildflower-tea", 2), ("star-pop", 1)],
            [Segment.Women4050, Segment.Silver], -38, -5, 12_000, 12_000),
        new("너울 러닝 클럽 Neoul Running Club", Neoul, [("run-01", 1)], [Segment.Men2030, Segment.Women2030], -41, -20, 70_000),
        // Running in some hours of two buildings, and its budget is spent early.
        new("들꽃차 사무실 Wildflower Tea Office", Byeolsol, [("wildflower-tea", 1)], [Segment.Women2030, Segment.Women4050], -13, 9,
            15_000, 40_000)
        { Buildings = [1, 2], Weekdays = Weekdays, Hours = CampaignPlan.HoursOf(12, 18) },
        // Paused, scheduled, waiting, rejected, and not sent in yet.
        new("관절 조인트 체험 Joint Care Trial", Ongyeol, [("joint-care", 1)], [Segment.Silver, Segment.Women4050], -18, 12, 60_000)
        {
            Buildings = [2],
            Steps = [new(-25, 11, CampaignAction.Submit), new(-24, 15, CampaignAction.Approve), new(-4, 9, CampaignAction.Pause)],
        },
        new("트레일 셸 재킷 새 색상 Trail Jacket New Colours", Neoul, [("trail-jacket", 1)], [Segment.Men4050, Segment.Women4050], 5, 32,
            480_000)
        { MadeOn = -6 },
        new("별톡젤리 새 맛 Star Pop New Flavour", Byeolsol, [("star-pop", 1)], [Segment.Kids, Segment.Women4050], 4, 31, 350_000, 11_000)
        { MadeOn = -2, Steps = [new(-1, 16, CampaignAction.Submit)] },
        new("너울 주말 할인 Neoul Weekend Sale", Neoul, [("trail-jacket", 1)], [Segment.Men2030, Segment.Women2030], 6, 19, 200_000)
        {
            MadeOn = -5,
            Weekdays = 0b110_0000,
            Steps =
            [
                new(-4, 10, CampaignAction.Submit),
                new(-3, 17, CampaignAction.Reject,
                    "할인 기간과 조건을 화면에 적어 주세요. Please show the dates and terms of the sale on the screen."),
            ],
        },
        new("글로우 세럼 미니 Glow Serum Mini", Ongyeol, [("glow-serum", 1)], [Segment.Women2030], 10, 37, 250_000, 13_000)
        { MadeOn = -1, Steps = [] },
    ];

    static string AdvertiserOf(string video) => DemoVideo.All.Single(v => v.Name == video).Advertiser!;
}
