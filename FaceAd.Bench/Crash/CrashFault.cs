namespace FaceAd.Bench.Crash;

/// <summary>What is done to the servers and players.</summary>
enum CrashFault
{
    /// <summary>SIGKILL of the web server.</summary>
    Web = 0,

    /// <summary>SIGKILL of PostgreSQL.</summary>
    Postgres = 1,

    /// <summary>SIGKILL of both, shortly after each other.</summary>
    Both = 2,

    /// <summary>SIGSTOP of the web server, and SIGCONT some seconds later.</summary>
    Hang = 3,

    /// <summary>The connections between them are reset for some seconds.</summary>
    Cut = 4,

    /// <summary>Nothing passes between them for some seconds, and nobody is told.</summary>
    Unplugged = 5,

    /// <summary>
    /// PostgreSQL can write to no file beyond its first 64 KB for a second or so: RLIMIT_FSIZE, which needs neither root nor a disk of its
    /// own. It fails at once and wherever it writes, as on a full disk.
    /// </summary>
    FullDisk = 6,

    /// <summary>The players' clocks are set, by less than half a minute.</summary>
    Clock = 7,
}
