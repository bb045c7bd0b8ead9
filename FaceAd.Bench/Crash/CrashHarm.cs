using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Nodes;
using FaceAd.Web.Data;

namespace FaceAd.Bench.Crash;

/// <summary>Does harm to a web server and its PostgreSQL, and ends it.</summary>
sealed class CrashHarm(WebProcess web, EmbeddedPostgres postgres, CuttingProxy way)
{
    private const int Stop = 19, Continue = 18; // SIGSTOP and SIGCONT
    private const string Little = "65536:", Unlimited = "unlimited:"; // soft limits: the hard one stays, so that all may be undone

    /// <summary>A fault.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="isMixed">Whether it may be other than a kill.</param>
    public static CrashFault Choose(Random random, bool isMixed)
    {
        if (isMixed && random.Next(10) < 6) return (CrashFault)random.Next((int)CrashFault.Hang, (int)CrashFault.Clock + 1);
        var victim = random.Next(10);
        return victim < 3 ? CrashFault.Postgres : victim < 7 ? CrashFault.Web : CrashFault.Both;
    }

    /// <summary>Its name in the log.</summary>
    public static string NameOf(CrashFault fault) => fault switch
    {
        CrashFault.Web => "web server killed",
        CrashFault.Postgres => "PostgreSQL killed",
        CrashFault.Both => "both killed",
        CrashFault.Hang => "web server hung",
        CrashFault.Cut => "connections cut",
        CrashFault.Unplugged => "connections silent",
        CrashFault.FullDisk => "disk full",
        _ => "players' clocks set",
    };

    /// <summary>Does it.</summary>
    public async Task DoAsync(CrashFault fault, Random random, CancellationToken cancellation)
    {
        switch (fault)
        {
            case CrashFault.Web:
                await web.KillAsync();
                break;
            case CrashFault.Postgres:
                postgres.Kill();
                break;
            case CrashFault.Both:
                postgres.Kill();
                await Task.Delay(random.Next(30), cancellation);
                await web.KillAsync();
                break;
            case CrashFault.Hang:
                if (!web.IsRunning) return; // it has just been killed, and was hit while starting
                var hung = web.ProcessId;
                PostgresProgram.Signal(hung, Stop);
                await Task.Delay(random.Next(500, 4000), cancellation);
                PostgresProgram.Signal(hung, Continue);
                break;
            case CrashFault.FullDisk:
                await LimitAsync(Little, cancellation);
                await Task.Delay(random.Next(200, 1500), cancellation);
                await LimitAsync(Unlimited, cancellation);
                break;
            default:
                if (fault == CrashFault.Cut) way.CutEach(1, int.MaxValue);
                else way.Swallow();
                await Task.Delay(random.Next(500, 4000), cancellation);
                way.Recover();
                break;
        }
    }

    // Of the server and of those that it has started. One that has just ended, or the whole server after a panic, needs it no more.
    private async Task LimitAsync(string limit, CancellationToken cancellation)
    {
        if (postgres.ProcessId is not (> 0 and var server)) return;
        foreach (var process in new[] { server }.Concat(ChildrenOf(server)))
        {
            using var limiting = Process.Start(new ProcessStartInfo("prlimit")
            {
                ArgumentList = { "--pid", process.ToString(CultureInfo.InvariantCulture), "--fsize=" + limit },
                RedirectStandardError = true,
            })!;
            await limiting.WaitForExitAsync(cancellation);
        }
    }

    private static List<int> ChildrenOf(int process)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children");
        return File.Exists(file)
            ? [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => int.Parse(p, CultureInfo.InvariantCulture))]
            : [];
    }
}
