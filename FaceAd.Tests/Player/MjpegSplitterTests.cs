using FaceAd.Player.Camera;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Player;

public sealed class MjpegSplitterTests
{
    // A frame with everything that misleads a splitter: a thumbnail with start and end inside a segment, stuffed bytes, a restart
    // marker, fill bytes, and a second scan.
    static byte[] Frame(byte seed, int scan)
    {
        var body = new List<byte> { 0xFF, 0xD8 };
        byte[] thumbnail = [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9, seed];
        body.AddRange([0xFF, 0xE1, 0, (byte)(thumbnail.Length + 2), .. thumbnail]);
        body.AddRange([0xFF, 0xFF, 0xDA, 0, 3, seed]);
        for (var i = 0; i < scan; i++)
        {
            var value = (byte)(seed * 31 + i * 7);
            body.Add(value);
            if (value == 0xFF) body.Add(0);
        }
        body.AddRange([0xFF, 0xD3, 9, 0xFF, 0x00, 0xFF, 0xC4, 0, 4, 1, 2, 0xFF, 0xDA, 0, 2, 7, 8, 0xFF, 0xD9]);
        return [.. body];
    }

    static List<byte[]> Split(MjpegSplitter splitter, IEnumerable<byte[]> chunks)
    {
        var frames = new List<byte[]>();
        foreach (var chunk in chunks)
        {
            for (var used = 0; used < chunk.Length;)
            {
                used += splitter.Read(chunk.AsSpan(used), out var frame);
                if (!frame.IsEmpty) frames.Add(frame.ToArray());
            }
        }
        return frames;
    }

    [Fact]
    public void Read_AnyChunking_YieldsTheSameFrames()
    {
        var streams = Gen.Elements(0, 1, 50, 300, 5000).Select(scan => (Seed: (byte)scan, scan)).ListOf(5);
        var cuts = Gen.Choose(1, 700).NonEmptyListOf();
        var property = Prop.ForAll(Arb.From(streams.Zip(cuts, (frames, sizes) => (Frames: frames, Sizes: sizes))), input =>
        {
            var frames = input.Frames.Select(f => Frame(f.Seed, f.scan)).ToList();
            // Rubbish between frames holds no start.
            var stream = frames.SelectMany(f => f.Concat(new byte[] { 13, 10, 0xFF, 0xFF, 0x00, 45 })).ToArray();
            var chunks = new List<byte[]>();
            for (var (at, i) = (0, 0); at < stream.Length; i++)
            {
                var size = Math.Min(input.Sizes[i % input.Sizes.Count], stream.Length - at);
                chunks.Add(stream[at..(at + size)]);
                at += size;
            }
            using var splitter = new MjpegSplitter(1 << 20);
            var split = Split(splitter, chunks);
            return split.Count == frames.Count && split.Zip(frames).All(pair => pair.First.SequenceEqual(pair.Second))
                && splitter.Dropped == 0;
        });
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_FrameCutOffByTheNext_YieldsTheNextOnly()
    {
        var (cut, whole) = (Frame(3, 400)[..300], Frame(4, 100));
        using var splitter = new MjpegSplitter(1 << 20);
        var frames = Split(splitter, [[.. cut, .. whole]]);
        Assert.Equal(whole, Assert.Single(frames));
        Assert.Equal(1, splitter.Dropped);
    }

    [Fact]
    public void Read_FrameAboveTheLimit_IsDroppedAndTheNextIsFound()
    {
        using var splitter = new MjpegSplitter(1000);
        var small = Frame(1, 100);
        var frames = Split(splitter, [[.. Frame(2, 5000), .. small]]);
        Assert.Equal(small, Assert.Single(frames));
        Assert.True(splitter.Dropped >= 1);
    }

    [Fact]
    public void Read_Noise_NeverThrowsAndFindsAFrameAfterwards()
    {
        Prop.ForAll<byte[]>(noise =>
        {
            using var splitter = new MjpegSplitter(4096);
            var good = Frame(9, 20);
            // A segment that noise announced can swallow at most 64 KB; then the frames are found again.
            var frames = Split(splitter, [noise, .. Enumerable.Repeat(good, 70_000 / good.Length)]);
            return frames.Count > 0 && frames[^1].SequenceEqual(good);
        }).QuickCheckThrowOnFailure();
    }
}
