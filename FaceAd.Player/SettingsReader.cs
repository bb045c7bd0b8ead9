using System.Globalization;
using System.Net;
using FaceAd.Player.Sensors;

namespace FaceAd.Player;

/// <summary>A setting is missing or invalid. The message is one line in plain words.</summary>
sealed class SettingsException(string message) : Exception(message);

/// <summary>Reads <see cref="PlayerSettings"/> and refuses what cannot work, before anything starts.</summary>
static class SettingsReader
{
    static readonly string[] ChromiumNames = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingsException">A setting is missing or invalid.</exception>
    public static PlayerSettings Read(string[] args, IReadOnlyDictionary<string, string?> environment)
    {
        List<string> sensors = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new SettingsException($"\"{args[i]}\" is not a setting: settings start with --.");
            var name = args[i][2..].Split('=')[0];
            if (!PlayerSettings.Keys.Contains(name))
                throw new SettingsException(
                    $"There is no setting --{name}. Use one of: {string.Join(", ", PlayerSettings.Keys.Select(k => "--" + k))}.");
            if (!args[i].Contains('=') && ++i >= args.Length) throw new SettingsException($"--{name} needs a value.");
            // The only setting that may be repeated.
            if (name == "sensor")
                sensors.Add(args[i].StartsWith("--sensor=", StringComparison.Ordinal) ? args[i]["--sensor=".Length..] : args[i]);
        }
        IConfiguration commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
        var file = ReadFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

        string? Find(string key)
        {
            var variable = "FACEAD_PLAYER_" + key.Replace('-', '_').ToUpperInvariant();
            var value = commandLine[key] ?? environment.GetValueOrDefault(variable) ?? file["Player:" + key];
            return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
        }

        var host = Find("host") ?? "127.0.0.1";
        if (host != "localhost" && !IPAddress.TryParse(host, out _)) throw new SettingsException($"--host {host} is not an IP address.");
        return new PlayerSettings
        {
            Server = ReadServer(Find("server"), plainHttp: Find("plain-http") == "allow"),
            Token = ReadToken(Find("token-file"), environment.GetValueOrDefault("FACEAD_TOKEN")),
            DataFolder = ReadData(Find("data")),
            Host = host,
            Port = ReadNumber("port", Find("port"), 5100, 0, 65535) is var port && port == Math.Floor(port)
                ? (int)port : throw new SettingsException("--port must be a whole number."),
            Camera = ReadCamera(Find("camera") ?? "none"),
            CameraFps = ReadNumber("camera-fps", Find("camera-fps"), 5, 0.1, 60),
            CameraTurn = (Find("camera-turn") ?? "0") switch
            {
                "0" => 0,
                "90" => 90,
                "180" => 180,
                "270" => 270,
                var turn => throw new SettingsException($"--camera-turn {turn} is not one of 0, 90, 180, 270."),
            },
            Sensors = SensorSetting.ParseAll(
                sensors.Count > 0 ? sensors : (Find("sensor") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            SensorNear = ReadNumber("sensor-near", Find("sensor-near"), 1, 0.1, 4),
            ModelFolder = Find("models") is { } models && !Directory.Exists(models)
                ? throw new SettingsException($"--models {models} does not exist.") : Find("models"),
            Browser = Enum.TryParse<BrowserMode>(Find("browser") ?? "auto", ignoreCase: true, out var mode) && Enum.IsDefined(mode)
                ? mode : throw new SettingsException($"--browser {Find("browser")} is not one of auto, kiosk, headless, none."),
            BrowserArguments = (Find("browser-arguments") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Log = (Find("log") ?? "information").ToUpperInvariant() switch
            {
                "INFORMATION" => LogLevel.Information,
                "DEBUG" => LogLevel.Debug,
                _ => throw new SettingsException($"--log {Find("log")} is not one of information, debug."),
            },
            Chromium = ReadChromium(Find("chromium"), environment.GetValueOrDefault("PATH")),
        };
    }

    internal static IConfiguration ReadFile(string path)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException($"{path} cannot be read: {e.InnerException?.Message ?? e.Message}");
        }
    }

    static Uri ReadServer(string? text, bool plainHttp)
    {
        if (text is null) throw new SettingsException("--server is missing. Give the server's address, such as https://ads.example.com.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new SettingsException($"--server {text} is not an http or https address.");
        if (server.Scheme == Uri.UriSchemeHttp && !server.IsLoopback && !plainHttp)
        {
            throw new SettingsException(
                $"--server {text} would send pictures and the device token unencrypted. " +
                "Use https, or --plain-http allow on a private network.");
        }
        return server;
    }

    static string ReadToken(string? path, string? variable)
    {
        string? token;
        try
        {
            token = path is null ? variable : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"--token-file {path} cannot be read: {e.Message}");
        }
        token = token?.Trim();
        if (string.IsNullOrEmpty(token))
        {
            throw new SettingsException(path is null
                ? "The device token is missing. Give --token-file FILE or set FACEAD_TOKEN."
                : $"--token-file {path} is empty.");
        }
        if (token.Any(c => c is < '!' or > '~'))
            throw new SettingsException("The device token contains characters that are not allowed in a token.");
        return token;
    }

    static string ReadData(string? text)
    {
        if (text is null) throw new SettingsException("--data is missing. Give a folder for cache and outbox.");
        var folder = Path.GetFullPath(text);
        try
        {
            foreach (var each in new[] { folder, Path.Combine(folder, "cache"), Path.Combine(folder, "outbox") })
            {
                Directory.CreateDirectory(each);
                // Written to at once: a disk that went read-only still has its folders.
                new FileStream(
                    Path.Combine(each, ".probe-" + Guid.NewGuid().ToString("N")),
                    FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"--data {folder} cannot be used: {e.Message}");
        }
        return folder;
    }

    static string ReadCamera(string text)
    {
        var (kind, rest) = (text.Split(':')[0], text.Contains(':') ? text[(text.IndexOf(':') + 1)..] : "");
        return kind switch
        {
            "none" when rest.Length == 0 => text,
            "folder" when Directory.Exists(rest) => text,
            "folder" => throw new SettingsException($"--camera folder:{rest} does not exist."),
            "file" when File.Exists(rest) => text,
            "file" => throw new SettingsException($"--camera file:{rest} does not exist."),
            "command" when rest.Trim().Length > 0 => text,
            _ => throw new SettingsException($"--camera {text} is not one of none, folder:DIR, file:PATH, command:COMMAND."),
        };
    }

    static double ReadNumber(string key, string? text, double standard, double least, double most)
    {
        if (text is null) return standard;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new SettingsException(
                string.Create(CultureInfo.InvariantCulture, $"--{key} {text} is not a number from {least} to {most}."));
    }

    static string ReadChromium(string? text, string? path)
    {
        if (text is not null) return File.Exists(text) ? text : throw new SettingsException($"--chromium {text} does not exist.");
        var names = (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(_ => ChromiumNames, Path.Combine);
        return names.Prepend("/usr/bin/chromium").FirstOrDefault(File.Exists) ?? "/usr/bin/chromium";
    }
}
