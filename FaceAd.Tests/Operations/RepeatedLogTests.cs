using System.Diagnostics;
using System.Text.RegularExpressions;
using FaceAd.Core;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Tests.Operations;

/// <summary>What the real programs write while something fails again and again.</summary>
public sealed partial class RepeatedLogTests
{
    [Fact]
    public async Task Web_ItsDatabaseGoesAway_SaysEachThingOnceAndCountsTheRest()
    {
        await using var database = await TestDatabase.CreateAsync();
        var way = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var proxy = new ClosedProxy(new Uri($"http://{way.Host}:{way.Port}/"));
        way.Port = proxy.Address.Port;
        var lines = await RunAsync(
            "FaceAd.Web",
            [
                "--urls", "http://127.0.0.1:0", "--Data:Folder", TestFolders.New("data"), "--Models:Folder", Support.Models.Folder,
                "--ConnectionStrings:FaceAd", way.ConnectionString,
            ],
            started: "Application started",
            async () =>
            {
                proxy.Close();
                await Wait.UntilAsync(() => proxy.TurnedAway >= 100, "the app has tried a hundred times");
            });
        var complaints = lines.Select(l => Complaint().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(complaints);
        Assert.All(complaints.CountBy(c => c), c => Assert.Equal(1, c.Value));
        Assert.True(complaints.Sum(LeftOut) > 20, string.Join('\n', complaints));
        Assert.Contains(complaints, c => c.Contains("more like this in the last minute, the last one: Campaigns could not be read"));
    }

    [Fact]
    public async Task Player_CannotWriteToItsDisk_SaysSoOnceAndCountsTheRest()
    {
        const int Times = 20;
        await using var server = await ScreenServer.StartAsync();
        var data = TestFolders.New("player");
        Directory.CreateDirectory(Path.Combine(data, "programme.json.tmp")); // where it would write
        var lines = await RunAsync(
            "FaceAd.Player", ["--server", server.Address.ToString(), "--data", data, "--port", "0", "--browser", "none"],
            started: "Connected to",
            async () =>
            {
                for (var i = 0; i < Times; i++) await server.Screens.Clients.All.Programme(ScreenServer.ProgrammeOf([], []));
                await server.Screens.Clients.All.Play(new PlayCommand(1, Guid.NewGuid(), null, false, TimeProvider.System.GetUtcNow()));
                await Wait.NextAsync(server.Acknowledged.Reader);
            });
        var told = lines.Where(l => l.Contains("The programme could not be saved to disk", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.Equal([0, Times - 1], told.Select(LeftOut));
    }

    private static int LeftOut(string line) =>
        Count().Match(line) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;

    // Its lines, from its start to its end by SIGTERM.
    private static async Task<IReadOnlyList<string>> RunAsync(
        string program, string[] settings, string started, Func<Task> meanwhile)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. settings])
        {
            WorkingDirectory = TestFolders.New("empty"),
            RedirectStandardOutput = true,
        };
        start.Environment["FACEAD_TOKEN"] = ScreenServer.Token;
        using var running = Process.Start(start)!;
        try
        {
            List<string> lines = [];
            using var patience = new CancellationTokenSource(Wait.Limit);
            while (await running.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                lines.Add(line);
                if (!line.Contains(started, StringComparison.Ordinal)) continue;
                await meanwhile();
                PostgresProgram.Signal(running.Id, 15);
            }
            await running.WaitForExitAsync(patience.Token);
            return lines;
        }
        finally
        {
            if (!running.HasExited) running.Kill(entireProcessTree: true);
        }
    }

    // After its time.
    [GeneratedRegex("Z ((?:warn|fail|crit): .*)$")]
    private static partial Regex Complaint();

    [GeneratedRegex(@"(\d+) more like this in the last minute")]
    private static partial Regex Count();
}
