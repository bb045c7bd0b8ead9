using FaceAd.Core;
using FaceAd.Player.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

#pragma warning disable CA1050 // The runtime asks for this class without a namespace.
#pragma warning disable RS0030 // It is a process of its own and speaks to its parent through the console.

/// <summary>
/// What the runtime calls first in a child process whose DOTNET_STARTUP_HOOKS names this assembly: a process that fills
/// an outbox until it is killed, and prints each play id once its report is safe.
/// </summary>
internal static class StartupHook
{
    public const string OutboxVariable = "FACEAD_TEST_OUTBOX";

    public static readonly Guid Screen = new("0199a2c4-0000-7000-8000-000000000001");

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(OutboxVariable) is not { } folder) return;
        var keys = Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName;
        var outbox = new PlayOutbox(folder, new PlaySigner(keys, () => Screen, NullLogger.Instance), NullLogger.Instance);
        for (var i = 0; ; i++)
        {
            var report = new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = Guid.NewGuid(),
                StartedAt = DateTimeOffset.UnixEpoch.AddSeconds(i),
                EndedAt = DateTimeOffset.UnixEpoch.AddSeconds(i + 1),
                End = PlayEnd.Completed,
                Measured = false,
                FramesPresented = 1,
            };
            outbox.Add(report);
            Console.Out.WriteLine(report.PlayId);
            Console.Out.Flush();
        }
    }
}
