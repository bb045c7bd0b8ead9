using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FaceAd.Player.Sensors;

namespace FaceAd.Player;

/// <summary>How the player's own Chromium is started.</summary>
internal enum BrowserMode
{
    /// <summary>Kiosk when there is a display, otherwise headless.</summary>
    Auto,

    /// <summary>Full screen on the attached display.</summary>
    Kiosk,

    /// <summary>Without a display; still renders.</summary>
    Headless,

    /// <summary>Not started: the operator opens the address given in the log.</summary>
    None,
}

/// <summary>A setting is missing or invalid. The message is one line in plain words.</summary>
internal sealed class SettingsException(string message) : Exception(message);

/// <summary>
/// The player's settings. Each comes from the command line (<c>--camera-fps 5</c>), else from the environment
/// (<c>FACEAD_PLAYER_CAMERA_FPS</c>), else from <c>appsettings.json</c> (<c>Player:camera-fps</c>).
/// </summary>
internal sealed record PlayerSettings
{
    /// <summary>Names of all settings.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "server", "token-file", "data", "host", "port", "camera", "camera-fps", "models", "browser", "browser-arguments", "chromium", "plain-http",
        "sensor", "sensor-near",
    ];

    /// <summary>Text of <c>--help</c>.</summary>
    public const string Help = """
        usage: FaceAd.Player --server URL --token-file FILE --data DIR [--SETTING VALUE ...]

        Each setting may also come from the environment (FACEAD_PLAYER_CAMERA_FPS) or from appsettings.json (Player:camera-fps).

          --server URL              address of the web app, http or https
          --token-file FILE         file with the screen's device token; default: FACEAD_TOKEN in the environment
          --data DIR                folder for cache, outbox, programme and browser profile
          --host ADDRESS            address to serve the page on (default 127.0.0.1)
          --port N                  port to serve the page on; 0 picks a free one (default 5100)
          --camera SOURCE           none, folder:DIR, file:PATH or command:COMMAND that writes MJPEG (default none)
          --camera-fps N            frames per second of folder: and file: cameras, 0.1 to 60 (default 5)
          --sensor SENSOR           a sensor in the cabin; repeat for each one:
                                      motion:PIN             HC-SR501 on this GPIO, such as motion:17
                                      distance:TRIGGER,ECHO  HC-SR04 on these GPIOs, such as distance:23,24
                                      distance:i2c-BUS       VL53L0X at address 0x29 of /dev/i2c-BUS, such as distance:i2c-1
                                    GPIO line numbers, not header pins. The HC-SR04's echo is 5 V: use a level shifter.
          --sensor-near METRES      a distance sensor reports a person when nearer than this, 0.1 to 4 (default 1)
          --models DIR              folder of prepared models, for device inference
          --browser MODE            auto, kiosk, headless or none (default auto)
          --browser-arguments TEXT  extra arguments for Chromium, separated by spaces
          --chromium PATH           path of the Chromium executable
          --plain-http allow        allow plain http to another machine, for pictures and the token
        """;

    static readonly string[] ChromiumNames = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Address of the server, http or https.</summary>
    public required Uri Server { get; init; }

    /// <summary>Device token of this screen.</summary>
    public required string Token { get; init; }

    /// <summary>Folder for everything that outlives the process: cache, outbox, programme, browser profile.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Address to serve the page on.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to serve the page on; 0 picks a free one.</summary>
    public int Port { get; init; } = 5100;

    /// <summary>Source of frames: <c>none</c>, <c>folder:DIR</c>, <c>file:PATH</c> or <c>command:COMMAND</c>.</summary>
    public string Camera { get; init; } = "none";

    /// <summary>Frames per second of a folder or file camera, 0.1 to 60.</summary>
    public double CameraFps { get; init; } = 5;

    /// <summary>The sensors in the cabin.</summary>
    public IReadOnlyList<SensorSetting> Sensors { get; init; } = [];

    /// <summary>Distance in metres below which a distance sensor reports a person.</summary>
    public double SensorNear { get; init; } = 1;

    /// <summary>Folder of prepared models, for device inference; null when there is none.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>How Chromium is started.</summary>
    public BrowserMode Browser { get; init; } = BrowserMode.Auto;

    /// <summary>Extra arguments for Chromium.</summary>
    public IReadOnlyList<string> BrowserArguments { get; init; } = [];

    /// <summary>Path of the Chromium executable.</summary>
    public string Chromium { get; init; } = "/usr/bin/chromium";

    /// <summary>Whether embeddings may be sent to the server: over TLS, or within this machine.</summary>
    public bool ServerIsPrivate => Server.Scheme == Uri.UriSchemeHttps || Server.IsLoopback;

    /// <summary>Folder of the creatives.</summary>
    public string CacheFolder => Path.Combine(DataFolder, "cache");

    /// <summary>Folder of the play reports waiting for delivery.</summary>
    public string OutboxFolder => Path.Combine(DataFolder, "outbox");

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
            if (!Keys.Contains(name))
                throw new SettingsException($"There is no setting --{name}. Use one of: {string.Join(", ", Keys.Select(k => "--" + k))}.");
            if (!args[i].Contains('=') && ++i >= args.Length) throw new SettingsException($"--{name} needs a value.");
            // The only setting that may be repeated.
            if (name == "sensor") sensors.Add(args[i].StartsWith("--sensor=", StringComparison.Ordinal) ? args[i]["--sensor=".Length..] : args[i]);
        }
        IConfiguration commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
        IConfiguration file = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).Build();

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
            Sensors = SensorSetting.ParseAll(sensors.Count > 0 ? sensors : (Find("sensor") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            SensorNear = ReadNumber("sensor-near", Find("sensor-near"), 1, 0.1, 4),
            ModelFolder = Find("models") is { } models && !Directory.Exists(models)
                ? throw new SettingsException($"--models {models} does not exist.") : Find("models"),
            Browser = Enum.TryParse<BrowserMode>(Find("browser") ?? "auto", ignoreCase: true, out var mode) && Enum.IsDefined(mode)
                ? mode : throw new SettingsException($"--browser {Find("browser")} is not one of auto, kiosk, headless, none."),
            BrowserArguments = (Find("browser-arguments") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Chromium = ReadChromium(Find("chromium"), environment.GetValueOrDefault("PATH")),
        };
    }

    /// <summary>Tests the port before anything starts, so that a port in use is reported in one clear line.</summary>
    /// <exception cref="SettingsException">The port cannot be used.</exception>
    public void CheckPort()
    {
        try
        {
            using var listener = new TcpListener(Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(Host), Port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new SettingsException($"--port {Port} on {Host} cannot be used: {e.Message}.");
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
            Directory.CreateDirectory(folder);
            Directory.CreateDirectory(Path.Combine(folder, "cache"));
            Directory.CreateDirectory(Path.Combine(folder, "outbox"));
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
            : throw new SettingsException(string.Create(CultureInfo.InvariantCulture, $"--{key} {text} is not a number from {least} to {most}."));
    }

    static string ReadChromium(string? text, string? path)
    {
        if (text is not null) return File.Exists(text) ? text : throw new SettingsException($"--chromium {text} does not exist.");
        var names = (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(_ => ChromiumNames, Path.Combine);
        return names.Prepend("/usr/bin/chromium").FirstOrDefault(File.Exists) ?? "/usr/bin/chromium";
    }
}
