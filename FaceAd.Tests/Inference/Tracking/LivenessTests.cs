using System.Globalization;
using FaceAd.Inference;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference.Tracking;

/// <summary>
/// People and pictures of people before a camera that may tremble, through the real models. The wall has panels, the camera noise; the
/// faces are of nobody. All lengths are in pixels of a 640 x 360 picture.
/// </summary>
public sealed class LivenessTests
{
    private const int FramesPerSecond = 3;

    private static readonly Portrait Poster = new(14, 200, "120", "70");

    private static readonly Portrait OnBareWall = Poster with { IsOnBareWall = true };

    /// <summary>Some millimetres to each side in four seconds, for a face as wide as this one.</summary>
    private static readonly Portrait Standing = Poster with { X = "120+2.2*sin(1.6*t)", Y = "70+0.8*sin(2.3*t)" };

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 8)]
    [InlineData(3, 12)]
    public async Task Observe_Poster_IsNobodyHoweverTheCameraTrembles(double tremble, int noise)
    {
        var seen = await SeeAsync(35, tremble, noise, Poster);
        Assert.Empty(seen.Presences);
        Assert.Equal(0, seen.Open);
        // Known for what it is after 20 s, and said from then on.
        Assert.InRange(seen.Still, 10 * FramesPerSecond, 15 * FramesPerSecond);
    }

    /// <summary>
    /// Each time the view changes the camera's shift is measured anew; what goes wrong then must not add up, nor count as a move: neither
    /// of a poster that is known already, nor of one that is not yet.
    /// </summary>
    [Theory]
    [InlineData(2, 1, 8, 38)]
    [InlineData(2, 3, 12, 38)]
    [InlineData(22, 1, 8, 50)]
    public async Task Observe_PosterWhileTheWallChangesAgainAndAgain_StaysNobody(double from, double tremble, int noise, int leastStill)
    {
        var seen = await SeeAsync(75, tremble, noise, Poster with { ChangesFrom = from });
        Assert.Empty(seen.Presences);
        Assert.Equal(0, seen.Open);
        Assert.InRange(seen.Still, leastStill * FramesPerSecond, 55 * FramesPerSecond);
    }

    [Theory]
    [InlineData(0.5, 0, 4)]
    [InlineData(2, 1, 8)]
    public async Task Observe_RiderWhoStandsStillWhileTheWallChangesAgainAndAgain_Counts(double from, double tremble, int noise)
    {
        var seen = await SeeAsync(45, tremble, noise, Standing with { ChangesFrom = from });
        var presence = Assert.Single(seen.Presences);
        Assert.Equal(0, presence.From);
        Assert.InRange(presence.To, 43.5, 45);
        Assert.Equal(0, seen.Still);
    }

    [Fact]
    public async Task Observe_PosterOnABareWall_IsNobodyAlthoughNothingShowsTheTrembling()
    {
        var seen = await SeeAsync(25, 2, 8, OnBareWall);
        Assert.Equal(0, seen.Open);
    }

    [Fact]
    public async Task Observe_RiderBeforeABareWall_CountsOnceAndForAsLongAsTheyStandThere()
    {
        // In, and then still for longer than a poster is given.
        var seen = await SeeAsync(45, 0, 8, OnBareWall with { X = "120+60*max(0,2-t)+2.2*sin(1.6*t)" });
        Assert.InRange(Assert.Single(seen.Presences).To, 43.5, 45);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 8)]
    [InlineData(3, 12)]
    public async Task Observe_RiderWhoStandsStill_CountsFromTheFirstSightToTheLast(double tremble, int noise)
    {
        var seen = await SeeAsync(35, tremble, noise, Standing);
        var presence = Assert.Single(seen.Presences);
        Assert.Equal(0, presence.From);
        Assert.InRange(presence.To, 33.5, 35); // in the report of the last second
        Assert.Equal(0, seen.Still);
        Assert.InRange(seen.FirstReport, 0, 5); // a sway of 4 s, and no step before it
    }

    [Fact]
    public async Task Observe_RiderWalksPastAPoster_OneHasBeenThere()
    {
        // Across the poster and back, after it has become known.
        var seen = await SeeAsync(
            40, 1, 8, new Portrait(14, 150, "240", "60"),
            new Portrait(159, 200, "if(lt(t,24),-300,if(lt(t,32),-200+110*(t-24),-300))", "50"));
        // Under a second is no exposure: so long may a half covered picture pass for somebody.
        var presence = Assert.Single(seen.Presences, p => p.To - p.From >= 1);
        Assert.InRange(presence.From, 24, 28);
        Assert.InRange(presence.To, presence.From, 32);
    }

    private static async Task<Seen> SeeAsync(double seconds, double tremble, int noise, params Portrait[] faces)
    {
        var observer = new AudienceObserver(Support.Models.Chain);
        var presences = new Dictionary<Guid, (double From, double To)>();
        var (open, still, first, number) = (0, 0, double.NaN, 0);
        double Seconds(DateTimeOffset at) => (at - Sample.Noon).TotalSeconds;
        foreach (var jpeg in await DrawAsync(seconds, tremble, noise, faces))
        {
            var at = Sample.Noon.AddSeconds((double)number++ / FramesPerSecond);
            for (var report = observer.Observe(jpeg, at); report is not null; report = observer.Next())
            {
                if (double.IsNaN(first)) first = Seconds(at);
                foreach (var p in report.Presences) presences[p.PresenceId] = (Seconds(p.From), Seconds(p.To));
            }
            if (observer.AudienceOpen) open++;
            still += observer.LastStillFaces;
        }
        Assert.Equal((int)(seconds * FramesPerSecond), number);
        return new Seen([.. presences.Values], open, still, first);
    }

    // Drawn at twice the size, so that things move by parts of a pixel.
    private static async Task<IEnumerable<byte[]>> DrawAsync(
        double seconds, double tremble, int noise, Portrait[] faces)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        List<string> arguments = ["-f", "lavfi", "-i", Text($"color=c=0x8a8f94:s=680x400:r={FramesPerSecond}:d={seconds}")];
        foreach (var portrait in faces.Select(f => f.Number))
            arguments.AddRange(["-i", Path.Combine(Support.Models.NodeModules, "fake-avatars", "avatars", "png", Text($"{portrait}.png"))]);
        var other = Text($"gt(t,{faces[0].ChangesFrom})*lt(mod(t,2),1)"); // another wall every other second
        var wall = faces[0].IsOnBareWall ? "null"
            : $"drawgrid=w=71:h=53:t=5:c=0x62676c:enable='not({other})',drawgrid=w=97:h=67:x=31:y=17:t=5:c=0x62676c:enable='{other}'";
        var graph = Text($"[0]{wall},scale=1360:800[w0]");
        for (var i = 0; i < faces.Length; i++)
        {
            var (_, side, x, y, _, _) = faces[i];
            graph += Text($";[{i + 1}]scale={2 * side}:-1[f{i}];[w{i}][f{i}]overlay=x='40+2*({x})':y='40+2*({y})'[w{i + 1}]");
        }
        var (left, top) = (Text($"40+{2 * tremble}*sin(23*t)"), Text($"40+{2 * tremble}*sin(31*t+1)"));
        graph += Text($";[w{faces.Length}]crop=1280:720:'{left}':'{top}',scale=640:360,noise=alls={noise}:allf=t");
        arguments.AddRange(["-filter_complex", graph, "-q:v", "4", "-f", "mjpeg", "-"]);
        return Split(await FaceAd.Bench.Ffmpeg.RunAsync(arguments, CancellationToken.None));
    }

    private static IEnumerable<byte[]> Split(byte[] jpegs)
    {
        byte[] begin = [0xFF, 0xD8, 0xFF];
        for (int at = 0, next; at < jpegs.Length; at = next)
        {
            next = jpegs.AsSpan(at + 1).IndexOf(begin) is var found and >= 0 ? at + 1 + found : jpegs.Length;
            yield return jpegs[at..next];
        }
    }

    /// <param name="Number">Whose.</param>
    /// <param name="Side">Width and height.</param>
    /// <param name="X">Left edge, by the time t in seconds.</param>
    /// <param name="Y">Upper edge.</param>
    /// <param name="IsOnBareWall">Whether the wall behind has no pattern.</param>
    /// <param name="ChangesFrom">From when on, in seconds, the wall behind is another one every second.</param>
    private sealed record Portrait(int Number, int Side, string X, string Y, bool IsOnBareWall = false, double ChangesFrom = 1e9);

    private sealed record Seen(IReadOnlyList<(double From, double To)> Presences, int Open, int Still, double FirstReport);
}
