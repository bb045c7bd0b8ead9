using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace FaceAd.Bench.Screens;

/// <summary>Processor time and memory of other processes.</summary>
static class ProcessMeter
{
    private const double TicksPerSecond = 100; // USER_HZ
    private const long GarbageCollection = 0x800000; // keyword of the runtime's events: collect the whole heap when a session begins
    private static readonly TimeSpan CollectionPatience = TimeSpan.FromSeconds(20);

    /// <summary>Seconds of processor time that a process has used.</summary>
    public static double Seconds(int process)
    {
        using var measured = Process.GetProcessById(process);
        return measured.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Seconds of processor time that a process and its children have used, those that have ended included.</summary>
    public static double SecondsOfFamily(int process) => Directory.EnumerateDirectories("/proc")
        .Where(d => int.TryParse(Path.GetFileName(d), out _)).Select(StatOf).OfType<string[]>()
        .Where(s => s[0] == Text(process) || s[2] == Text(process))
        // User and system time, and those of children that have ended.
        .Sum(s => s[12..16].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond);

    /// <summary>Bytes of a process in memory.</summary>
    public static long Resident(int process)
    {
        using var measured = Process.GetProcessById(process);
        return measured.WorkingSet64;
    }

    /// <summary>Has the runtime of a process collect its whole heap.</summary>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task CollectAsync(int process, CancellationToken cancellation)
    {
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, GarbageCollection);
        using var session = await new DiagnosticsClient(process).StartEventPipeSessionAsync(
            [provider], requestRundown: false, token: cancellation);
        var draining = session.EventStream.CopyToAsync(Stream.Null, cancellation);
        await session.StopAsync(cancellation).WaitAsync(CollectionPatience, cancellation);
        await draining.WaitAsync(CollectionPatience, cancellation);
    }

    // Without the name, which may contain spaces: id, state, parent, ... Null when the process has ended.
    private static string[]? StatOf(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return [Path.GetFileName(folder), .. stat[(stat.LastIndexOf(')') + 2)..].Split(' ')];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
