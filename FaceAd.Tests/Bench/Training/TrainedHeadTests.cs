using System.Security.Cryptography;
using FaceAd.Bench.Training;
using FaceAd.Inference;
using FaceAd.Inference.Models;

namespace FaceAd.Tests.Bench.Training;

/// <summary>A head that is trained on made-up features, in which age and gender are plain to see.</summary>
public sealed class TrainedHeadTests : IDisposable
{
    static readonly IReadOnlyList<(string Name, int Length)> Lengths = [("feature", 6), ("age", 100), ("male", 1), ("embedding", 4)];
    static readonly HeadTraining Training =
        new() { Hidden = 24, Epochs = 12, Batch = 64, Rate = 5e-3f, FeatureDropout = 0.05f, HiddenDropout = 0.1f };

    readonly string _folder = Directory.CreateTempSubdirectory("facead-head-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_AgeAndGenderInTheFeatures_FindsBands()
    {
        var faces = Faces(1200, seed: 1);
        var head = Train(faces);
        var unseen = Faces(300, seed: 2);

        var predictions = head.Logits([.. unseen.Select(u => Row(u))])
            .Zip(unseen, (logits, u) => head.Predict(logits, u.Age, u.Male)).ToList();

        Assert.InRange(predictions.Count(p => p.MaleProbability >= 0.5 == p.Male), 290, 300);
        Assert.InRange(predictions.Average(p => Math.Abs(AgeBands.Default.Estimate(p.Ages!, p.MaleProbability).AgeYears - p.Age)), 0, 6);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameModel()
    {
        var faces = Faces(300, seed: 3);
        Assert.Equal(Train(faces).ToOnnx(Lengths), Train(faces).ToOnnx(Lengths));
    }

    [Fact]
    public void ToOnnx_AnyFace_SaysWhatTheNetworkSays()
    {
        var head = Train(Faces(400, seed: 4));
        (head.AgeTemperature, head.GenderTemperature) = (1.4f, 0.7f);
        var model = head.ToOnnx(Lengths);
        File.WriteAllBytes(Path.Combine(_folder, "head.onnx"), model);
        using var written = new AgeGenderHead(_folder, new ModelEntry
        {
            Role = ModelRole.AgeGenderHead,
            Name = "head",
            Version = "1",
            File = "head.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(model)),
            Licence = "none",
            Features = Lengths.ToDictionary(l => l.Name, l => l.Name),
            Outputs = new Dictionary<string, string> { ["age"] = "ages", ["male"] = "man" },
        });
        using var tensors = written.CreateTensors();
        foreach (var face in Faces(50, seed: 5))
        {
            var expected = head.Predict(head.Logits([Row(face)])[0], face.Age, face.Male);
            var ages = new float[100];
            var male = written.Run(tensors, Features(face), ages);
            Assert.Equal(expected.MaleProbability, male, 1e-4);
            Assert.InRange(expected.Ages!.Zip(ages, (e, a) => Math.Abs(e - a)).Max(), 0, 1e-4);
        }
    }

    [Fact]
    public void Fit_OverconfidentHead_IsCooled()
    {
        var head = Train(Faces(400, seed: 6));
        var random = new Random(8);
        // One face in three is labelled at random: whoever is always sure is too sure.
        var faces = Faces(600, seed: 7)
            .ConvertAll(f => random.Next(3) == 0 ? f with { Age = random.Next(1, 90), Male = random.Next(2) == 0 } : f);
        var logits = head.Logits([.. faces.Select(f => Row(f))]).Select(l => l.Select(x => 5 * x).ToArray()).ToList();

        Calibration.Fit(head, [.. faces.Select((f, i) => (logits[i], f.Age, f.Male, 1.0))]);

        Assert.True(head.AgeTemperature > 1.5, $"{head.AgeTemperature}");
        Assert.True(head.GenderTemperature > 1.5, $"{head.GenderTemperature}");
    }

    [Fact]
    public void Read_WrittenFile_GivesTheSamples_AndNothingForOtherPictures()
    {
        var path = Path.Combine(_folder, "features.bin");
        HeadSample[] samples = [Sample(Faces(1, seed: 9)[0]), new HeadSample(1, "none.jpg", 4, false, [])];

        HeadSampleFile.Write(path, "key", Lengths, samples);

        var read = HeadSampleFile.Read(path, "key")!.Value;
        Assert.Equal(Lengths, read.Lengths);
        Assert.Equal(samples[0].Views[0], read.Samples[0].Views[0]);
        Assert.False(read.Samples[1].Found);
        Assert.Null(HeadSampleFile.Read(path, "other"));
        Assert.Null(HeadSampleFile.Read(Path.Combine(_folder, "missing.bin"), "key"));
    }

    static TrainedHead Train(List<SyntheticFace> faces) =>
        TrainedHead.Train(faces.ConvertAll(Sample), Training, _ => { }, CancellationToken.None);

    static HeadSample Sample(SyntheticFace face) => new(0, "face.jpg", face.Age, face.Male, [Row(face)]);

    static float[] Row(SyntheticFace face) => new HeadFeatures(Features(face), withEmbedding: true).Join(Features(face));

    static FaceFeatures Features(SyntheticFace face) => new(face.Feature, face.Ages, new[] { face.MaleValue }, face.Embedding);

    static List<SyntheticFace> Faces(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (age, male) = (random.Next(1, 90), random.Next(2) == 0);
            var ages = new float[100];
            for (var i = 0; i < 100; i++) ages[i] = MathF.Exp(-MathF.Pow((i + 1 - age + 6 * (random.NextSingle() - 0.5f)) / 8, 2));
            var sum = ages.Sum();
            for (var i = 0; i < 100; i++) ages[i] /= sum;
            float[] feature = [age / 30f, male ? 1 : 0, random.NextSingle(), random.NextSingle(), age > 50 ? 1 : 0, random.NextSingle()];
            float[] embedding = [male ? 0.5f : -0.5f, random.NextSingle(), random.NextSingle(), random.NextSingle()];
            return new SyntheticFace(age, male, feature, ages, male ? 0.8f : 0.2f, embedding);
        })];
    }

    sealed record SyntheticFace(int Age, bool Male, float[] Feature, float[] Ages, float MaleValue, float[] Embedding);
}
