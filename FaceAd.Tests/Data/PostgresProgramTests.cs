using FaceAd.Tests.Support;
using FaceAd.Web.Data;

namespace FaceAd.Tests.Data;

public sealed class PostgresProgramTests
{
    [Fact]
    public async Task RunAsync_ProgramThatDoesNotEnd_IsKilledAtTheLimit()
    {
        var file = Path.Combine(TestFolders.New("program"), "pid");
        var (code, output) = await PostgresProgram.RunAsync(
            "sh", ["-c", $"echo $$ >{file}; exec sleep 120"], default, limit: TimeSpan.FromSeconds(3));
        Assert.Equal((124, "sh did not end within 3 s and was killed."), (code, output));
        var process = (await File.ReadAllTextAsync(file)).Trim();
        await Wait.UntilAsync(() => !Directory.Exists($"/proc/{process}"), "it has ended");
    }
}
