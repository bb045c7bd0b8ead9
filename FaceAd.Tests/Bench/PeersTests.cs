using System.Runtime.InteropServices;
using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;
using FaceAd.Bench.Peers;
using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench;

/// <summary>What <c>./bench peers</c> reads, counts and prints; the other programs themselves are not installed here.</summary>
public sealed class PeersTests
{
    private static readonly FaceBox Box = new(10, 10, 40, 40);

    /// <summary>One stage whose only leaf values are above its threshold.</summary>
    private const string AnyWindow =
        """
        <?xml version="1.0"?>
        <opencv_storage><cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType><featureType>HAAR</featureType>
        <height>24</height><width>24</width><stageParams><maxWeakCount>1</maxWeakCount></stageParams>
        <featureParams><maxCatCount>0</maxCatCount></featureParams><stageNum>1</stageNum>
        <stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>-1.</stageThreshold>
        <weakClassifiers><_><internalNodes>0 -1 0 0.</internalNodes><leafValues>1. 1.</leafValues></_></weakClassifiers></_></stages>
        <features><_><rects><_>0 0 24 24 -1.</_><_>0 0 12 24 2.</_></rects><tilted>0</tilted></_></features></cascade></opencv_storage>
        """;

    [Fact]
    public void Parse_LinesOfAPeer_AreItsPicturesInOrder()
    {
        var run = PeerRun.Parse(
            """
            {"file":"a.jpg","cpu":0.25,"decodeCpu":0.01,"faces":[{"box":[1,2,30,40.5],"score":0.9,"age":33.7,"male":1},{"box":[0,0,9,9],"score":1,"age":null,"male":null}]}
            {"file":"b \"c\".jpg","cpu":0.5,"decodeCpu":0.02,"faces":[]}
            {"version":"1.2.3"}

            """, ["a.jpg", "b \"c\".jpg"]);
        Assert.Equal("1.2.3", run.Version);
        Assert.Equal([(0.25, 0.01, 2), (0.5, 0.02, 0)], run.Pictures.Select(p => (p.Cpu, p.DecodeCpu, p.Faces.Count)));
        Assert.Equal(new PeerFace(new FaceBox(1, 2, 30, 40.5f), 0.9f, 33.7, 1), run.Pictures[0].Faces[0]);
        Assert.Null(run.Pictures[0].Faces[1].Age);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":\"1\"}")]
    [InlineData("Error: out of memory\n{\"version\":\"1\"}")]
    [InlineData("{\"file\":\"a.jpg\",\"cpu\":1,\"decodeCpu\":1,\"faces\":[]}")]
    [InlineData("{\"file\":\"other.jpg\",\"cpu\":1,\"decodeCpu\":1,\"faces\":[]}\n{\"version\":\"1\"}")]
    [InlineData("{\"file\":\"a.jpg\",\"cpu\":1,\"decodeCpu\":1,\"faces\":[{\"box\":[1,2],\"score\":1}]}\n{\"version\":\"1\"}")]
    [InlineData("{\"file\":\"a.jpg\",\"cpu\":1,\"decodeCpu\":1}\n{\"version\":\"1\"}")]
    public void Parse_SomethingElse_SaysSo(string output) => Assert.Throws<FormatException>(() => PeerRun.Parse(output, ["a.jpg"]));

    [Fact]
    public async Task Haar_NoCascade_SaysWhatBringsIt()
    {
        var haar = new OpenCvHaar { Cascade = "/nowhere/cascade.xml" };

        var e = await Assert.ThrowsAsync<IOException>(() => haar.RunAsync("", "", [], 0, CancellationToken.None));

        Assert.Contains("opencv-data", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Haar_CascadeThatTakesEveryWindow_FindsFacesInEachPictureAfterTheWarmUp()
    {
        var folder = Directory.CreateTempSubdirectory("facead-haar-").FullName;
        try
        {
            var cascade = Path.Combine(folder, "cascade.xml");
            await File.WriteAllTextAsync(cascade, AnyWindow);
            string[] files = [Path.Combine(folder, "a.jpg"), Path.Combine(folder, "b.jpg")];
            foreach (var file in files) await File.WriteAllBytesAsync(file, await Pictures.PatternAsync(160, 120));
            var haar = new OpenCvHaar { Cascade = cascade };
            if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            {
                var e = await Assert.ThrowsAsync<IOException>(() => haar.RunAsync("", "", files, 1, CancellationToken.None));
                Assert.Contains("libOpenCvSharpExtern.so", e.Message, StringComparison.Ordinal);
                return;
            }

            var run = await haar.RunAsync("", "", files, 1, CancellationToken.None);

            Assert.StartsWith("4.", run.Version, StringComparison.Ordinal);
            Assert.Equal(files, run.Pictures.Select(p => p.File));
            Assert.All(run.Pictures, picture => Assert.NotEmpty(picture.Faces));
            Assert.All(run.Pictures.SelectMany(p => p.Faces), face =>
                Assert.True(face.Box is { X: >= 0, Y: >= 0, Right: <= 160, Bottom: <= 120 }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Cost_TwiceOursOnEveryPicture_IsTwiceWhateverThePictures()
    {
        var ours = Run(0.010, 0.030);
        var scores = PeerScores.Cost("peer", PeerRun.Mean([Run(0.01, 0.05), Run(0.03, 0.07)]), ours);
        Assert.Equal(0.040, scores.CpuSeconds.Value!.Value, 6);
        Assert.Equal(
            (2.0, 2.0, 2.0),
            (scores.TimesOurs.Value!.Value, Math.Round(scores.TimesOurs.Low!.Value, 6), Math.Round(scores.TimesOurs.High!.Value, 6)));
    }

    [Fact]
    public void WithLabels_FoundMissedAndUnknown_CountAsTheyShould()
    {
        LabelledPicture[] labels = [new(2, "a", 25, true), new(3, "b", 25, false), new(4, "c", 64, false), new(5, "d", 70, true)];
        PeerPicture[] pictures =
        [
            // the small one in the corner is not meant
            Picture(new PeerFace(new FaceBox(0, 0, 5, 5), 1, 80, 0), new PeerFace(Box, 1, 21.5, 1)),
            Picture(new PeerFace(Box, 1, 45, null)),
            Picture(new PeerFace(Box, 1, null, 0)),
            Picture(),
        ];
        var scores = Blank().WithLabels(pictures, labels, [.. labels.Select(_ => (60, 60))]);
        Assert.Equal((3, 4), Hits(scores.Found));
        Assert.Equal((1, 3), Hits(scores.Bands));
        Assert.Equal((1, 4), Hits(scores.BandsNotFoundWrong));
        Assert.Equal((2, 3), Hits(scores.Gender));
        Assert.Equal((3.5 + 20) / 2, scores.AgeError!.Value.Value!.Value, 6);
    }

    [Fact]
    public void WithLabels_BandOfItsOwn_GoesBeforeTheAge() => Assert.Equal((1, 1), Hits(Blank().WithLabels(
        [Picture(new PeerFace(Box, 1, 41, 1, Band: 1))], [new LabelledPicture(2, "a", 39, true)], [(60, 60)]).Bands));

    [Fact]
    public void WithLabels_DetectorAlone_HasNoOtherFigures()
    {
        var scores = Blank().WithLabels([Picture(new PeerFace(Box, 1, null, null))], [new LabelledPicture(2, "a", 39, true)], [(60, 60)]);
        Assert.Equal((1, 1), Hits(scores.Found));
        Assert.Null(scores.Bands);
        Assert.Null(scores.Gender);
    }

    [Theory]
    [InlineData(-3, 0)]
    [InlineData(19.99, 0)]
    [InlineData(20, 1)]
    [InlineData(39.9, 1)]
    [InlineData(59.9, 2)]
    [InlineData(60, 3)]
    public void BandOf_Ages_AreBandsFromTwentyYearsOn(double age, int band) => Assert.Equal(band, PeerScores.BandOf(age));

    [Fact]
    public void WithBoxes_OneHitOneMissOneMistake_IsHalfAndHalf()
    {
        var scores = Blank().WithBoxes(
            [Picture(new PeerFace(new FaceBox(12, 10, 50, 50), 1, null, null), new PeerFace(new FaceBox(200, 200, 50, 50), 1, null, null))],
            [new LabelledFaces("a", [new LabelledFace(new FaceBox(10, 10, 50, 50)), new LabelledFace(new FaceBox(100, 100, 50, 50))])]);
        var size = scores.Sizes!.Single(s => s.Name == SizeGroup.Critical.Name);
        Assert.Equal(((1, 2), (1, 2)), (Hits(size.Precision), Hits(size.Recall)));
    }

    [Fact]
    public void Sample_SameSeed_IsTheSameInTheOrderOfTheList()
    {
        var all = Enumerable.Range(0, 1000).ToList();
        var drawn = PeersCommand.Sample(all, 50, 3);
        Assert.Equal(drawn, PeersCommand.Sample(all, 50, 3));
        Assert.NotEqual(drawn, PeersCommand.Sample(all, 50, 4));
        Assert.Equal(50, drawn.Distinct().Count());
        Assert.Equal(drawn.Order(), drawn);
        Assert.Equal(all, PeersCommand.Sample(all, 5000, 3));
    }

    [Fact]
    public async Task OwnRun_TwoFaces_AreMeasuredAndKnown()
    {
        var file = Path.Combine(TestFolders.New("peers"), "two.jpg");
        await File.WriteAllBytesAsync(file, await Pictures.TwoFacesAsync());
        var found = Assert.Single(OwnRun.Run(Support.Models.Folder, PeerTask.Detect, [file], 1, default).Pictures);
        Assert.Equal(2, found.Faces.Count);
        Assert.All(found.Faces, f => Assert.Null(f.Age));
        var known = Assert.Single(OwnRun.Run(Support.Models.Folder, PeerTask.Full, [file], 1, default).Pictures);
        Assert.Equal([0, 1], known.Faces.Select(f => f.Male >= 0.5 ? 1 : 0).Order());
        Assert.All(known.Faces, f => Assert.Equal(1, f.Band));
        // Which costs more cannot be told here: the time is the process's, and other tests run in it.
        Assert.True(known.Cpu > 0 && found.Cpu > 0 && found.DecodeCpu > 0, $"{known.Cpu} s, {found.Cpu} s, decoding {found.DecodeCpu} s");
    }

    [Fact]
    public void Print_TwoSets_ShowsEveryProgram()
    {
        var ours = Run(0.01, 0.03);
        var peer = PeerScores.Cost("peer", Run(0.02, 0.06), ours).WithLabels([Picture(new PeerFace(Box, 1, 30, 1)), Picture()],
            [new LabelledPicture(2, "a", 25, true), new LabelledPicture(3, "b", 25, true)], [(60, 60), (60, 60)]);
        var report = new PeersReport(
            "a processor", 1, [new PeerSet("labels", 2, [new PeerTable(PeerTask.Full, [PeerScores.Cost(OwnRun.Name, ours, ours), peer])])]);
        using var text = new StringWriter();
        report.Print(text);
        Assert.Contains("40.0 (20.0 - 60.0)", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("2.0 (2.0 - 2.0)", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"task\": \"full\"", report.ToJson(), StringComparison.Ordinal);
    }

    private static (int, int) Hits(Figure? figure) =>
        ((int)Math.Round(figure!.Value.Value!.Value * figure.Value.Count), figure.Value.Count);

    private static PeerScores Blank() => PeerScores.Cost("peer", Run(1), Run(1));

    private static PeerPicture Picture(params PeerFace[] faces) => new("a.jpg", 0.01, 0.001, faces);

    private static PeerRun Run(params double[] cpu) => new("1", [.. cpu.Select((c, i) => new PeerPicture($"{i}.jpg", c, 0.001, []))]);
}
