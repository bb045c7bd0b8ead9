using System.Globalization;
using System.Text;
using System.Text.Json;
using CliWrap;
using FaceAd.Core;
using FaceAd.Demo;
using FaceAd.Demo.Videos;

namespace FaceAd.Tests.Demo;

/// <summary>
/// The videos as they are made for the demonstration, in the folder that <c>./run</c> uses too, so that they are made once.
/// </summary>
[Collection("videos")]
public sealed class DemoVideoTests
{
    internal static string Folder => Path.Combine(Path.GetDirectoryName(Support.Models.NodeModules)!, ".cache", "demo");

    [Fact]
    public async Task Make_AllVideos_DecodeWithTheirLengthAndAreTellableByColourAtEverySecond()
    {
        await MediaCommand.MakeAsync(Folder, Portraits.Folder, TextWriter.Null, CancellationToken.None);

        var colours = new List<(string Video, int Second, double[] Colour)>();
        foreach (var video in DemoVideo.All)
        {
            var path = Path.Combine(Folder, "creatives", video.File);
            var probe = await RunAsync(
                "ffprobe", "-v", "error", "-show_entries", "stream=codec_name,pix_fmt,width,height:format=duration", "-of", "json", path);
            using var json = JsonDocument.Parse(probe);
            var stream = Assert.Single(json.RootElement.GetProperty("streams").EnumerateArray());
            Assert.Equal("h264", stream.GetProperty("codec_name").GetString());
            Assert.Equal("yuv420p", stream.GetProperty("pix_fmt").GetString());
            Assert.Equal(DemoVideo.Width, stream.GetProperty("width").GetInt32());
            var seconds = double.Parse(
                json.RootElement.GetProperty("format").GetProperty("duration").GetString()!, CultureInfo.InvariantCulture);
            Assert.Equal(video.Seconds, seconds, 0.06);
            Assert.InRange(video.Seconds, 1, 15);

            var means = await RunAsync(
                "ffmpeg", "-v", "error", "-i", path, "-vf", "fps=1,scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-");
            Assert.InRange(means.Length / 3, video.Seconds - 1, video.Seconds + 1);
            for (var i = 0; i + 2 < means.Length; i += 3) colours.Add((video.Name, i / 3, [means[i], means[i + 1], means[i + 2]]));
        }

        foreach (var a in colours)
        {
            foreach (var b in colours.Where(other => string.CompareOrdinal(a.Video, other.Video) < 0))
            {
                var distance = Math.Sqrt(a.Colour.Zip(b.Colour, (x, y) => (x - y) * (x - y)).Sum());
                Assert.True(distance > 45, $"{a.Video} at {a.Second} s and {b.Video} at {b.Second} s differ by {distance:0} only.");
            }
        }
    }

    [Fact]
    public void All_Creatives_CoverEverySegmentOnceByThreeAdvertisers()
    {
        var creatives = DemoVideo.All.Where(video => video.Advertiser is not null).ToList();

        Assert.Equal(SegmentProbabilities.Segments.Order(), creatives.SelectMany(video => video.Segments).Order());
        Assert.Equal(3, creatives.Select(video => video.Advertiser).Distinct().Count());
        Assert.Equal(2, DemoVideo.All.Count(video => video.Advertiser is null));
    }

    static async Task<byte[]> RunAsync(string program, params string[] arguments)
    {
        using var output = new MemoryStream();
        var errors = new StringBuilder();
        var ended = await Cli.Wrap(program).WithArguments(arguments)
            .WithStandardOutputPipe(PipeTarget.ToStream(output)).WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None).ExecuteAsync();
        Assert.True(ended.ExitCode == 0, errors.ToString());
        return output.ToArray();
    }
}
