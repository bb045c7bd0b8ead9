using FaceAd.Player.Camera;
using FaceAd.Player.Sensors;

namespace FaceAd.Tests.Player;

public sealed class FrameSelectorTests
{
    static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    static List<int> Sent(
        FrameSelector selector, int from, int until, int every, Func<int, bool> motion, Func<int, double> sharpness, bool open = false)
    {
        var sent = new List<int>();
        var held = -1;
        for (var ms = from; ms < until; ms += every)
        {
            switch (selector.Offer(Start.AddMilliseconds(ms), motion(ms), sharpness(ms), open))
            {
                case Selection.Send: sent.Add(ms); held = -1; break;
                case Selection.SendHeld: Assert.True(held >= 0); sent.Add(held); held = -1; break;
                case Selection.Hold: held = ms; break;
                case Selection.Idle: held = -1; break;
            }
        }
        return sent;
    }

    [Fact]
    public void Offer_EmptyCabin_SendsNothing() =>
        Assert.Empty(Sent(new FrameSelector(), 0, 60_000, 100, _ => false, _ => 100));

    [Fact]
    public void Offer_FirstMotionAfterQuiet_SendsTheFirstSharpFrameAtOnce()
    {
        var sent = Sent(new FrameSelector(), 0, 3000, 100, ms => ms >= 2000, _ => 100);
        Assert.Equal(2000, sent[0]);
    }

    [Fact]
    public void Offer_FirstFramesBlurred_SendsTheFirstSharpOneWithinTheWindow()
    {
        var selector = new FrameSelector();
        var sent = Sent(selector, 0, 3000, 100, ms => ms >= 2000, ms => ms is 2000 or 2100 ? 10 : 100);
        Assert.Equal(2200, sent[0]);
    }

    [Fact]
    public void Offer_AllBlurred_SendsTheSharpestAfterOneWindow()
    {
        var sent = Sent(new FrameSelector(), 0, 2350, 100, ms => ms >= 2000, ms => ms < 2000 ? 100 : ms == 2100 ? 20 : 10);
        Assert.Equal([2100], sent);
    }

    [Fact]
    public void Offer_Moving_SendsTheSharpestOfEachWindow()
    {
        var sent = Sent(new FrameSelector(), 0, 2950, 100, ms => ms >= 2000, ms => ms % 300 == 200 ? 100 : 90);
        Assert.Equal([2000, 2300, 2600, 2900], sent.Select(ms => (ms - 2000 + 100) / 300 * 300 + 2000));
        Assert.All(sent.Skip(1), ms => Assert.Equal(200, ms % 300));
    }

    [Fact]
    public void Offer_MotionEnds_GoesOnForTheAfterglowAndStops()
    {
        var sent = Sent(new FrameSelector(), 0, 20_000, 100, ms => ms is >= 2000 and < 4000, _ => 100);
        Assert.InRange(sent[^1], 6300, 6900);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(125)]
    [InlineData(200)]
    [InlineData(250)]
    public void Offer_AudienceOpenAndNothingMoves_SendsTwoASecond(int every)
    {
        var sent = Sent(new FrameSelector(), 0, 10_000, every, _ => false, _ => 100, open: true);
        Assert.InRange(sent.Count, 20, 34);
        Assert.All(sent.Zip(sent.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 500));
    }

    [Fact]
    public void Rests_SensorsSayNobody_LooksOnceASecondAndStillFindsMotionByItself()
    {
        var selector = new FrameSelector();
        List<int> looked = [], sent = [];
        for (var ms = 0; ms < 6000; ms += 100)
        {
            if (selector.Rests(Start.AddMilliseconds(ms), rests: true, audienceOpen: false)) continue;
            looked.Add(ms);
            if (selector.Offer(Start.AddMilliseconds(ms), motion: ms >= 3500, 100, false) == Selection.Send) sent.Add(ms);
        }
        // The sensors are wrong: from the first look that shows motion on every frame is looked at.
        Assert.Equal([0, 1000, 2000, 3000, .. Enumerable.Range(40, 20).Select(i => i * 100)], looked);
        Assert.Equal(4000, sent[0]);
        Assert.True(sent.Count >= 6);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Rests_NoSensorOrAnAudience_LooksAtEveryFrame(bool rests, bool audienceOpen)
    {
        var selector = new FrameSelector();
        for (var ms = 0; ms < 3000; ms += 100)
        {
            Assert.False(selector.Rests(Start.AddMilliseconds(ms), rests, audienceOpen));
            selector.Offer(Start.AddMilliseconds(ms), false, 100, audienceOpen);
        }
    }

    static byte[] Scene(int brightness = 100, int person = -1, int noise = 0)
    {
        var random = new Random(noise);
        var scene = new byte[80 * 45];
        for (var i = 0; i < scene.Length; i++)
        {
            var (x, y) = (i % 80, i / 80);
            var inside = person >= 0 && Math.Abs(x - person) < 5 && y > 10;
            scene[i] = (byte)(brightness + (inside ? 60 : x / 2) + random.Next(-4, 5));
        }
        return scene;
    }

    [Fact]
    public void Moves_EmptyCabinWithNoise_IsFalse()
    {
        var gate = new MotionGate();
        for (var i = 0; i < 100; i++) Assert.False(gate.Moves(Scene(noise: i), 80, Start.AddMilliseconds(i * 200)));
    }

    [Fact]
    public void Moves_BrightnessOfTheWholePictureChanges_IsFalse()
    {
        var gate = new MotionGate();
        for (var i = 0; i < 20; i++) gate.Moves(Scene(noise: i), 80, Start.AddMilliseconds(i * 200));
        Assert.False(gate.Moves(Scene(brightness: 120, noise: 50), 80, Start.AddMilliseconds(4200)));
    }

    [Fact]
    public void Moves_PersonEntersAndLeaves_IsTrueAtOnceAndFalseSoonAfter()
    {
        var gate = new MotionGate();
        for (var i = 0; i < 20; i++) gate.Moves(Scene(noise: i), 80, Start.AddMilliseconds(i * 200));
        Assert.True(gate.Moves(Scene(person: 40, noise: 77), 80, Start.AddMilliseconds(4200)));
        for (var i = 22; i < 32; i++) Assert.True(gate.Moves(Scene(person: 40, noise: i), 80, Start.AddMilliseconds(i * 200)));
        Assert.False(gate.Moves(Scene(noise: 99), 80, Start.AddMilliseconds(6600)));
    }

    [Fact]
    public async Task Examine_SensorWakes_SendsAFrameInWhichNothingMoves()
    {
        var folder = Directory.CreateTempSubdirectory("facead-frames-").FullName;
        try
        {
            await TestClips.PicturesAsync(folder, "a", "color=c=0x707880:s=640x360,noise=alls=6:allf=t", 4);
            using var examiner = new FrameExaminer();
            var choices = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select((file, i) =>
            {
                using var frame = JpegFrame.Copy(File.ReadAllBytes(file), Start.AddMilliseconds(i * 200));
                return examiner.Examine(frame, audienceOpen: false, new CabinState(Wakes: i == 3, Rests: i is 1 or 2, Emptied: false));
            });
            Assert.Equal([Selection.Idle, Selection.Skip, Selection.Skip, Selection.Send], choices);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Examine_RealJpegs_SendsNoneOfTheEmptyCabinAndTheOneThatMoves()
    {
        var folder = Directory.CreateTempSubdirectory("facead-frames-").FullName;
        try
        {
            var empty = "color=c=0x707880:s=640x360,noise=alls=6:allf=t";
            await TestClips.PicturesAsync(folder, "a", empty, 12);
            await TestClips.PicturesAsync(folder, "b", empty + ",drawbox=x=260:y=80:w=120:h=280:color=0xC09080:t=fill", 2);
            using var examiner = new FrameExaminer();
            var at = Start;
            foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                at = at.AddMilliseconds(200);
                using var frame = JpegFrame.Copy(File.ReadAllBytes(file), at);
                var choice = examiner.Examine(frame, audienceOpen: false);
                if (Path.GetFileName(file) == "b001.jpg") Assert.Equal(Selection.Send, choice);
                else if (Path.GetFileName(file)[0] == 'a') Assert.Equal(Selection.Idle, choice);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
