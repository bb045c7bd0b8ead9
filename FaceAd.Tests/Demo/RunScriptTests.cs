using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Demo;

/// <summary>The scripts at the top of the repository: what they refuse, in one line, before they start anything.</summary>
public sealed class RunScriptTests : IDisposable
{
    readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("facead-run-");

    static string Root => Path.GetDirectoryName(Support.Models.NodeModules)!;

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData("run")]
    [InlineData("test")]
    [InlineData("bench")]
    [InlineData("publish")]
    [InlineData(".ci/run")]
    [InlineData(".build/prerequisites.sh")]
    [InlineData(".build/jobs.sh")]
    [InlineData(".build/children.sh")]
    public async Task Script_Syntax_IsValid(string script) => Assert.Equal((0, "", ""), await BashAsync("-n", Path.Combine(Root, script)));

    [Fact]
    public async Task Run_Help_NamesEveryFlag()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.All(
            ["--port", "--host", "--data", "--no-demo", "--reset", "--yes", "--smoke", "player"],
            (string flag) => Assert.Contains(flag, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unknown argument '--prot'", "--prot", "1")]
    [InlineData("--port must be a number", "--port", "http")]
    [InlineData("--port must be a number", "--port", "65535")]
    [InlineData("--data needs a value", "--data")]
    [InlineData("cannot write to the data folder", "--data", "/proc/nowhere")]
    public async Task Run_BadArgument_SaysSoInOneLine(string message, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);

        Assert.NotEqual(0, code);
        AssertOneLine(message, errors);
    }

    [Fact]
    public async Task Run_PortInUse_SaysSoInOneLineAndStartsNothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, _, errors) = await RunAsync("--port", $"{port}", "--data", _data.FullName);

        Assert.NotEqual(0, code);
        AssertOneLine($"port {port} is in use", errors);
    }

    [Fact]
    public async Task Run_DataOfAnotherRun_SaysSoInOneLine()
    {
        var start = new ProcessStartInfo("flock", [Path.Combine(_data.FullName, ".facead"), "sh", "-c", "echo locked; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var other = Process.Start(start)!;
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());

        var (code, _, errors) = await RunAsync("--data", _data.FullName);

        other.StandardInput.Close();
        await other.WaitForExitAsync();
        Assert.NotEqual(0, code);
        AssertOneLine("another ./run uses", errors);
    }

    [Fact]
    public async Task Run_ResetOfAFolderThatIsNotOurs_DeletesNothing()
    {
        var file = Path.Combine(_data.FullName, "thesis.txt");
        await File.WriteAllTextAsync(file, "precious");

        var (code, _, errors) = await RunAsync("--data", _data.FullName, "--reset", "--yes");

        Assert.NotEqual(0, code);
        AssertOneLine("is not a data folder of FaceAd", errors);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("say what to publish")]
    [InlineData("say what to publish", "everything")]
    [InlineData("unknown argument '--fast'", "web", "--fast")]
    [InlineData("unknown argument 'there'", "web", "here", "there")]
    public async Task Publish_BadArgument_SaysSoInOneLine(string message, params string[] arguments)
    {
        var (code, _, errors) = await BashAsync([Path.Combine(Root, "publish"), .. arguments]);

        Assert.NotEqual(0, code);
        AssertOneLine(message, errors);
    }

    [Fact]
    public async Task Publish_FolderThatIsNotOurs_ChangesNothing()
    {
        var file = Path.Combine(_data.FullName, "thesis.txt");
        await File.WriteAllTextAsync(file, "precious");

        var (code, _, errors) = await BashAsync(Path.Combine(Root, "publish"), "web", _data.FullName);

        Assert.NotEqual(0, code);
        AssertOneLine("is not a published FaceAd", errors);
        Assert.Equal("precious", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Work_PartsThatNeedOthers_StartWhenThoseAreDone()
    {
        var (code, output, errors) = await WorkAsync(
            """
            job late "late" "early quick" bash -c "ls $LOGS/early.done $LOGS/quick.done"
            job early "early" "" bash -c "sleep 0.4; touch $LOGS/early.done"
            job quick "quick" "nobody" touch $LOGS/quick.done
            work
            """);

        Assert.Equal((0, ""), (code, errors));
        // What takes long is told when it runs, too.
        var done = output.Trim().Split('\n').Where(line => !line.EndsWith("...", StringComparison.Ordinal));
        Assert.Equal(["quick", "early", "late"], done.Select(line => line.Trim().Split(' ')[0]));
    }

    [Fact]
    public async Task Work_OnePartFails_SaysWhyInOneLineAndStopsTheOthers()
    {
        var (code, _, errors) = await WorkAsync(
            """
            other() { echo $BASHPID >$LOGS/other.pid; exec sleep 120; }
            broken() { until [[ -s $LOGS/other.pid ]]; do sleep 0.05; done; echo "page.cs(1,2): error CS1: broken"
            echo "Build FAILED."; return 3; }
            job other "the other" "" other
            job broken "building" "" broken
            job after "what needs it" "broken" touch $LOGS/after
            work
            code=$?
            kill -0 "$(<$LOGS/other.pid)" 2>/dev/null && code=99
            [[ -e $LOGS/after ]] && code=98
            exit $code
            """);

        Assert.Equal(1, code);
        AssertOneLine("building failed: page.cs(1,2): error CS1: broken", errors);
    }

    [Theory] // as dotnet build, dotnet restore and npm end
    [InlineData(
        "page.cs(1,2): error CS1: broken", "Build FAILED.", "page.cs(1,2): error CS1: broken", "    0 Warning(s)", "    1 Error(s)")]
    [InlineData("a.csproj : error NU1301: Unable to load the service index", "a.csproj : error NU1301:   Resource temporarily unavailable")]
    [InlineData("npm error request to https://packages.example failed", "npm error A complete log of this run can be found in: a.log")]
    [InlineData("npm error request to https://packages.example failed", "npm error errno EAI_AGAIN")]
    public async Task Work_PartThatFailsWithManyLines_SaysTheReason(string reason, params string[] rest)
    {
        var log = Path.Combine(_data.FullName, "said.txt");
        await File.WriteAllLinesAsync(log, ["npm error code EAI_AGAIN", "npm error syscall getaddrinfo", reason, .. rest]);

        var (code, _, errors) = await WorkAsync("broken() { cat $LOGS/said.txt; return 1; }\njob broken \"work\" \"\" broken\nwork\n");

        Assert.Equal(1, code);
        AssertOneLine($"work failed: {reason}", errors);
    }

    [Fact]
    public async Task Keep_OneScreenDiesAgainAndAgain_TheOthersGoOnUntilTheWebAppEnds()
    {
        var (code, output, errors) = await WorkAsync(
            """
            . "$ROOT/.build/children.sh"
            longest_pause=1
            start player-1 bash -c 'echo died; exit 3'
            start player-2 bash -c 'echo started; exec sleep 120'
            start web bash -c "until ((\$(cat $LOGS/player-1.log* 2>/dev/null | grep -c died) == 5)); do sleep 0.05; done; echo full; exit 5"
            keep
            code=$?
            ended "${child[player-2]}" || grep -c started "$LOGS/player-2.log"
            end "${child[@]}"
            exit "$code"
            """);

        Assert.Equal((1, "1\n"), (code, output)); // the second screen was started once, and ran on
        var lines = errors.Trim().Split('\n');
        Assert.All(lines[..4], line => Assert.StartsWith("player-1 ended (3)", line, StringComparison.Ordinal));
        Assert.Equal(["error: web ended (5); its last lines:", "    full"], lines[^2..]);
    }

    [Fact]
    public async Task Again_ScreenThatRanForAWhile_IsStartedAtOnce()
    {
        var (code, output, errors) = await WorkAsync(
            """
            . "$ROOT/.build/children.sh"
            dies() { end "${child[player-1]}"; again player-1 3; }
            start player-1 sleep 120
            longest_pause=4
            dies; dies; dies; dies
            began[player-1]=$((SECONDS - forgotten_after))
            dies
            end "${child[player-1]}"
            """);

        Assert.Equal((0, ""), (code, output));
        Assert.Equal(["1 s", "2 s", "4 s", "4 s", "0 s"], errors.Trim().Split('\n').Select(line => line.Split(" in ")[^1]));
    }

    [Fact]
    public async Task Turn_OfAnotherScript_IsWaitedForUntilItsWorkIsDone()
    {
        var (code, output, errors) = await WorkAsync(
            """
            CACHE=$LOGS/cache
            other() {
              take_turn
              touch $LOGS/taken
              slow() { until [[ -s $LOGS/waits ]]; do sleep 0.05; done; touch $LOGS/done; }
              job slow "slow" "" slow
              work >/dev/null
            }
            other &
            until [[ -e $LOGS/taken ]]; do sleep 0.05; done
            take_turn >$LOGS/waits
            [[ -e $LOGS/done ]] && cat $LOGS/waits
            wait
            """);

        Assert.Equal((0, "  waiting for another script that builds here ...\n", ""), (code, output, errors));
    }

    [Fact]
    public async Task Compile_SourceChangedMeanwhile_IsBuiltAgain()
    {
        var (code, output, errors) = await WorkAsync(
            """
            ROOT=$LOGS CACHE=$LOGS/cache
            mkdir -p $LOGS/pages/bin/Release/net10.0 && touch $LOGS/pages/bin/Release/net10.0/page.dll $LOGS/pages/page.cs
            tied() { [[ -z ${change:-} ]] || echo after >>$LOGS/pages/page.cs; }
            compile run page.slnf pages && is_built run pages && echo built
            change=yes
            compile run page.slnf pages && is_built run pages || echo changed
            """);

        Assert.Equal((0, "built\nchanged\n", ""), (code, output, errors));
    }

    /// <summary>Runs lines of a script that has what <c>run</c>, <c>test</c> and <c>bench</c> share.</summary>
    async Task<(int Code, string Output, string Errors)> WorkAsync(string lines)
    {
        var script = Path.Combine(_data.FullName, "work.sh");
        await File.WriteAllTextAsync(
            script, $"set -uo pipefail\nROOT='{Root}' LOGS='{_data.FullName}'\n. \"$ROOT/.build/prerequisites.sh\"\n{lines}\n");
        return await BashAsync(script);
    }

    static void AssertOneLine(string message, string errors)
    {
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
    }

    static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) =>
        BashAsync([Path.Combine(Root, "run"), .. arguments]);

    static Task<(int Code, string Output, string Errors)> BashAsync(params string[] arguments) =>
        Programs.RunAsync("bash", arguments, folder: Path.GetTempPath());
}
