using System.Net;
using System.Net.Sockets;
using FaceAd.Player.Sensors;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FaceAd.Player;

/// <summary>
/// The player's settings. Each comes from the command line (<c>--camera-fps 5</c>), else from the environment
/// (<c>FACEAD_PLAYER_CAMERA_FPS</c>), else from <c>appsettings.json</c> (<c>Player:camera-fps</c>).
/// </summary>
sealed record PlayerSettings
{
    /// <summary>Names of all settings.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "server", "token-file", "data", "host", "port", "camera", "camera-fps", "camera-turn", "models", "browser", "browser-arguments",
        "chromium", "plain-http",
        "sensor", "sensor-near", "log",
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
          --camera-turn DEGREES     turn the pictures of a camera that hangs sideways or upside down: 90, 180 or 270, clockwise
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
          --log LEVEL               information, or debug: a line for each command and play, too (default information)
        """;

    /// <summary>Tells this start of the player from others with the same token.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

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

    /// <summary>Degrees by which frames are turned clockwise to be upright: 0, 90, 180 or 270.</summary>
    public int CameraTurn { get; init; }

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

    /// <summary>The least level of what is logged.</summary>
    public LogLevel Log { get; init; } = LogLevel.Information;

    /// <summary>Whether embeddings may be sent to the server: over TLS, or within this machine.</summary>
    public bool ServerIsPrivate => Server.Scheme == Uri.UriSchemeHttps || Server.IsLoopback;

    /// <summary>Folder of the creatives.</summary>
    public string CacheFolder => Path.Combine(DataFolder, "cache");

    /// <summary>Folder of the play reports waiting for delivery.</summary>
    public string OutboxFolder => Path.Combine(DataFolder, "outbox");

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingsException">A setting is missing or invalid.</exception>
    public static PlayerSettings Read(string[] args, IReadOnlyDictionary<string, string?> environment) =>
        SettingsReader.Read(args, environment);

    /// <summary>
    /// Opens the port of the page before anything else starts: a browser that comes before the page waits for it, and a port in use is
    /// reported in one clear line.
    /// </summary>
    /// <exception cref="SettingsException">The port cannot be used.</exception>
    public Socket Listen()
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(
                new IPEndPoint(Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(Host), Port));
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            throw new SettingsException($"--port {Port} on {Host} cannot be used: {e.Message}.");
        }
    }
}
