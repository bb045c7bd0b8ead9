using System.Globalization;

namespace FaceAd.Tests.Support;

/// <summary>Temporary folders of this run; those of runs that have ended are swept away.</summary>
public static class TestFolders
{
    private static int _count;

    /// <summary>The run's own folder. Other accounts may enter it, since PostgreSQL does not run as root.</summary>
    public static string Run { get; } = Prepare();

    /// <summary>Makes a new empty folder.</summary>
    /// <param name="name">What it is for.</param>
    public static string New(string name) =>
        Directory.CreateDirectory(Path.Combine(Run, $"{name}-{Interlocked.Increment(ref _count)}")).FullName;

    private static string Prepare()
    {
        var root = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "facead-tests"));
        foreach (var old in root.GetDirectories())
        {
            if (int.TryParse(old.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Directory.Exists($"/proc/{pid}")) continue;
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
