using System.Security.Cryptography;
using FaceAd.Bench.Fuzz;
using FaceAd.Tests.Support;
using Xunit.Abstractions;

namespace FaceAd.Tests.Bench;

/// <summary>A short run of <c>./bench fuzz</c>, with other inputs each time.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Fuzz_EveryInputFromOutside_IsAnsweredAndNothingFalls()
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"seed {seed}");
        var results = await FuzzCommand.RunAsync(
            3_000, seed, TestFolders.New("fuzz"), Support.Models.Folder, Support.Models.NodeModules, _ => { },
            CancellationToken.None);
        Assert.Equal(8, results.Count);
        Assert.All(results, r => Assert.True(r.Faults.Count == 0, $"seed {seed}: {string.Join("; ", r.Faults)}"));
        // Spoilt, but not beyond recognition: some get past the first look.
        Assert.All(results, r => Assert.True(r.Answers.Values.Sum() == r.Inputs, r.Name));
        Assert.Contains("decoded", results.Single(r => r.Name == "pictures").Answers.Keys);
        Assert.Contains("201", results.Single(r => r.Name == "campaigns").Answers.Keys);
        Assert.Contains("taken", results.Single(r => r.Name == "hub messages").Answers.Keys);
    }

    [Fact]
    public void Mutator_SameSeedAndNumber_MakesTheSameInput()
    {
        byte[] sample = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(new Mutator(7, i).Bytes(sample, sample), new Mutator(7, i).Bytes(sample, sample));
            Assert.Equal(new Mutator(7, i).Json("""{"a":[1,2],"b":"c"}""", "{}"), new Mutator(7, i).Json("""{"a":[1,2],"b":"c"}""", "{}"));
        }
    }
}
