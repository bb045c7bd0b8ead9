using FaceAd.Core;
using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>A short video of the demonstration: an advertiser's creative, or one for the house loop.</summary>
/// <param name="Name">File name without extension.</param>
/// <param name="Title">Title shown in the dashboard.</param>
/// <param name="Advertiser">The fictional advertiser; null for the house loop.</param>
/// <param name="Segments">Segments that the campaign targets; empty for the house loop.</param>
/// <param name="Seconds">Length in seconds.</param>
/// <param name="Layers">Creates the layers, from back to front.</param>
sealed record DemoVideo(
    string Name, string Title, string? Advertiser, IReadOnlyList<Segment> Segments, int Seconds, Func<IReadOnlyList<Layer>> Layers)
{
    /// <summary>Width of every video in pixels.</summary>
    public const int Width = 960;

    /// <summary>Height of every video in pixels.</summary>
    public const int Height = 540;

    /// <summary>Frame rate of every video.</summary>
    public const int FramesPerSecond = 20;

    const string Byeolsol = "별솔푸드 Byeolsol Foods";
    const string Neoul = "너울 Neoul";
    const string Ongyeol = "온결 Ongyeol Care";

    /// <summary>Six creatives, one per segment, and two videos for the house loop.</summary>
    public static IReadOnlyList<DemoVideo> All { get; } =
    [
        new("star-pop", "별톡젤리 Star Pop", Byeolsol, [Segment.Kids], 10, StarPop.Layers),
        new("run-01", "너울 러닝화 Run 01", Neoul, [Segment.Men2030], 8, Run01.Layers),
        new("glow-serum", "글로우 세럼 Glow Serum", Ongyeol, [Segment.Women2030], 12, GlowSerum.Layers),
        new("trail-jacket", "트레일 셸 재킷 Trail Jacket", Neoul, [Segment.Men4050], 12, TrailJacket.Layers),
        new("wildflower-tea", "들꽃차 Wildflower Tea", Byeolsol, [Segment.Women4050], 15, WildflowerTea.Layers),
        new("joint-care", "관절 조인트 Joint Care", Ongyeol, [Segment.Silver], 15, JointCare.Layers),
        new("good-morning", "좋은 하루 Good Day", null, [], 10, GoodMorning.Layers),
        new("no-pictures", "측정 안내 No Pictures", null, [], 8, NoPictures.Layers),
    ];

    /// <summary>File name in the <c>creatives</c> folder.</summary>
    public string File => Name + ".mp4";

    /// <summary>Renders the video.</summary>
    /// <param name="path">Path of the MP4.</param>
    /// <param name="cancel">Cancels the work.</param>
    public Task WriteAsync(string path, CancellationToken cancel)
    {
        var layers = Layers();
        return Video.WriteAsync(path, new SKSizeI(Width, Height), FramesPerSecond, Seconds * FramesPerSecond, 20, Draw, cancel);

        void Draw(SKCanvas canvas, int frame)
        {
            foreach (var layer in layers) layer(canvas, frame / (float)FramesPerSecond);
        }
    }
}
