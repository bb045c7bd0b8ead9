using System.CommandLine;
using System.Globalization;
using FaceAd.Bench.Persons;

namespace FaceAd.Tests.Bench;

public sealed class PersonsCommandTests
{
    [Fact]
    public async Task Persons_TinySite_TellsRecallSpeedAndAccuracy()
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };

        var code = await PersonsCommand.Create().Parse(["--persons", "40", "700", "--views", "3", "--queries", "6", "--rides", "50"])
            .InvokeAsync(configuration);

        Assert.True(code == 0, configuration.Error.ToString());
        var lines = configuration.Output.ToString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row.Length == 11 && int.TryParse(row[0], out _)).ToList();
        Assert.Equal(["40", "700"], rows.Select(row => row[0]));
        Assert.All(rows, row => Assert.Equal("1.000", row[2]));
        Assert.All(rows, row => Assert.True(double.Parse(row[4], CultureInfo.InvariantCulture) > 0));
        Assert.Contains(lines, line => line.StartsWith("Accuracy over 50 rides among 700 persons", StringComparison.Ordinal));
    }
}
