using System.CommandLine;
using System.Text.Json;
using FaceAd.Bench.Experiments;

namespace FaceAd.Tests.Bench.Experiments;

public sealed class ExperimentsCommandTests
{
    [Fact]
    public async Task Experiments_AFew_AreRightMoreOftenThanByPeekingAndTheSameAgain()
    {
        string[] arguments = ["--runs", "40", "--worlds", "1", "--json"];
        var text = await RunAsync(arguments);
        using var json = JsonDocument.Parse(text);
        var rows = json.RootElement.EnumerateArray().ToList();
        var same = rows.Where(r => r.GetProperty("case").GetString()!.StartsWith("A/A", StringComparison.Ordinal)).ToList();
        Assert.True(same.Average(r => r.GetProperty("winner").GetDouble()) <= 0.05);
        Assert.True(same.Average(r => r.GetProperty("unstopped").GetDouble()) < same.Average(r => r.GetProperty("peeked").GetDouble()));
        var large = rows.Single(r => r.GetProperty("case").GetString() == "A/B, attention + 5 points");
        Assert.InRange(large.GetProperty("right").GetDouble(), 0.8, 1);
        Assert.Equal(text, await RunAsync(arguments));
    }

    private static async Task<string> RunAsync(string[] arguments)
    {
        await using var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null };
        Assert.Equal(0, await ExperimentsCommand.Create().Parse(arguments).InvokeAsync(configuration));
        return output.ToString();
    }
}
