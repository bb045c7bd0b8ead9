using System.Collections;
using FaceAd.Player;

#pragma warning disable RS0030 // A command-line entry point may write to the console.

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => (string?)e.Value, StringComparer.Ordinal);
if (args.Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(PlayerSettings.Help);
    return 0;
}
try
{
    var settings = PlayerSettings.Read(args, environment);
    await using var player = PlayerHost.Build(settings);
    await player.RunAsync();
    return 0;
}
catch (SettingsException e)
{
    Console.Error.WriteLine("facead-player: " + e.Message);
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    // Such as a full disk, or a file of another account.
    Console.Error.WriteLine("facead-player: " + e.Message);
    return 1;
}
