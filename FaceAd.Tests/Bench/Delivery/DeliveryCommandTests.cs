using System.Text.Json;
using FaceAd.Bench.Delivery;

namespace FaceAd.Tests.Bench.Delivery;

public sealed class DeliveryCommandTests
{
    [Fact]
    public async Task Delivery_OneShortTrace_PrintsTodaysRuleFirstAndTheSameAgain()
    {
        var (code, text) = await RunAsync("--seeds", "1", "--days", "7", "--campaigns", "12", "--stressed", "0", "--exact", "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(text);
        var rows = json.RootElement.GetProperty("main").EnumerateArray().ToList();
        Assert.Equal("cost per impression", rows[0].GetProperty("policy").GetString());
        Assert.All(rows, r => Assert.InRange(r.GetProperty("valueOfBound").GetDouble(), 0.3, 1.000001));
        Assert.Equal(text, (await RunAsync("--seeds", "1", "--days", "7", "--campaigns", "12", "--stressed", "0", "--json")).Text);
    }

    [Fact]
    public async Task Delivery_DatabaseThatIsNotThere_SaysSoInOneLine()
    {
        var (code, text) = await RunAsync("--recorded", "Host=127.0.0.1;Port=1;Timeout=1");
        Assert.Equal((1, ""), (code, text));
    }

    private static async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var configuration = new System.CommandLine.InvocationConfiguration { Output = output, Error = TextWriter.Null };
        return (await DeliveryCommand.Create().Parse(arguments).InvokeAsync(configuration), output.ToString());
    }
}
