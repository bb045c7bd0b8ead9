using System.Globalization;

namespace FaceAd.Tests.Support;

/// <summary>Temporary folders of this run; those of runs that have ended are swept away.</summary>
public static class TestFolders
{
    private static int _count;

    private const string Memory = "/dev/shm";

    /// <summary>The run's own folder. Other accounts may enter it, since PostgreSQL does not run as root.</summary>
    public static string Run { get; } = Prepare(Path.GetTempPath());

    /// <summary>
    /// The run's own folder for the database, in memory where there is room: each test class gets a copy of some hundred files.
    /// </summary>
    public static string Database { get; } =
        Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > 4L << 30 ? Prepare(Memory) : Run;

    /// <summary>Makes a new empty folder.</summary>
    /// <param name="name">What it is for.</param>
    public static string New(string name) =>
        Directory.CreateDirectory(Path.Combine(Run, $"{name}-{Interlocked.Increment(ref _count)}")).FullName;

    private static string Prepare(string parent)
    {
        var root = Directory.CreateDirectory(Path.Combine(parent, "facead-tests"));
        foreach (var old in root.GetDirectories())
        {
            if (int.TryParse(old.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Directory.Exists($"/proc/{pid}"))
                continue;
            try
            {
                old.Delete(recursive: true);
            }
            catch (IOException)
            {
                // Another run sweeps too.
            }
        }
        return root.CreateSubdirectory(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)).FullName;
    }
}
