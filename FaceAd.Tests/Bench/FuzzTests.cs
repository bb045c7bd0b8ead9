using FaceAd.Bench.Fuzz;
using FaceAd.Tests.Support;
using Xunit.Abstractions;

namespace FaceAd.Tests.Bench;

/// <summary>A short run of <c>./bench fuzz</c>, with other inputs each time.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    // In a process of its own: the bench takes the first web app that it sees being built for its own.
    [Fact]
    public async Task Fuzz_EveryInputFromOutside_IsAnsweredAndNothingFalls()
    {
        var (code, text, errors) = await Programs.RunAsync(
            "dotnet",
            [
                typeof(FuzzCommand).Assembly.Location, "fuzz", "--inputs", "1500", "--keep", TestFolders.New("fuzz"),
                "--models", Support.Models.Folder, "--node-modules", Support.Models.NodeModules,
            ]);
        output.WriteLine(text);
        Assert.True(code == 0, $"{text}\n{errors}");
        Assert.Contains(" inputs, 0 faults", text, StringComparison.Ordinal);
        // Spoilt, but not beyond recognition: some get past the first look.
        Assert.Matches(@"(?m)^pictures .*\bdecoded [1-9]", text);
        Assert.Matches(@"(?m)^campaigns .*\b201 [1-9]", text);
        Assert.Contains("taken", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^proofs .*\b(un)?sound [1-9]", text);
        Assert.Matches(@"(?m)^queries .*\b400 [1-9]", text); // of these, few: by chance none gets past it
        Assert.Matches(@"(?m)^upload headers .*\b400 [1-9]", text);
        Assert.Matches(@"(?m)^frames .*\b202 [1-9]", text);
    }

    /// <summary>Much work for a small input, at an address that nobody saw to.</summary>
    [Fact]
    public async Task Run_InputThatTakesMoreThanTwiceTheMemoryOfTheLargestRightOne_IsAFault()
    {
        var kept = new List<byte[]>();
        var target = new FuzzTarget("hungry", 1000, [1], _ => [2], (input, _) =>
        {
            if (input[0] != 1) kept.Add(new byte[40_000_000]);
            return Task.FromResult("taken");
        });
        var results = await FuzzRun.RunAsync([target], 1, 1, TestFolders.New("fuzz"), _ => { }, CancellationToken.None);
        Assert.Contains("KB of memory", Assert.Single(Assert.Single(results).Faults), StringComparison.Ordinal);
        Assert.Single(kept);
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
