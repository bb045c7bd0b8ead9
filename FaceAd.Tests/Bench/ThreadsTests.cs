using System.CommandLine;
using FaceAd.Bench;
using FaceAd.Inference.Models;

namespace FaceAd.Tests.Bench;

public sealed class ThreadsTests
{
    [Fact]
    public async Task Threads_ShortRun_TellsARateForEveryModelAndArrangement()
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };

        var code = await ThreadsCommand.Create().Parse(["--seconds", "0.1", "--cores", "2", "--models", Support.Models.Folder])
            .InvokeAsync(configuration);

        Assert.True(code == 0, configuration.Error.ToString());
        var rows = configuration.Output.ToString()!.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row.Length == 6 && row[0] is not "model").ToList();
        foreach (var model in ModelManifest.Load(Support.Models.Folder).Models.Where(m => m.Input is not null).Select(m => m.Name))
        {
            var own = rows.FindAll(row => row[0] == model && row[3] == "1");
            Assert.Equal([("1", "1"), ("1", "2"), ("2", "1")], own.Select(row => (row[1], row[2])));
            Assert.All(own, row => Assert.True(double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture) > 0));
        }
    }
}
