namespace FaceAd.Web.Hosting;

/// <summary>Result of a child process.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output, truncated at 1 MB.</param>
/// <param name="Error">Standard error, truncated at 1 MB.</param>
/// <param name="TimedOut">Whether it was killed for exceeding the time limit.</param>
readonly record struct ChildResult(int Code, string Output, string Error, bool TimedOut)
{
    /// <summary>
    /// Whether a limit stopped it: wall time, CPU time (SIGKILL, since the soft limit is the hard one), memory of the machine (SIGKILL),
    /// or output file size (SIGXFSZ).
    /// </summary>
    public bool Exhausted => TimedOut || Code is 128 + 9 or 128 + 25;
}
