using FaceAd.Player;

namespace FaceAd.Tests.Player;

public sealed class PlayerSettingsTests : IDisposable
{
    static readonly Dictionary<string, string?> Environment = new() { ["FACEAD_TOKEN"] = "secret" };

    readonly string _folder = Directory.CreateTempSubdirectory("facead-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_CommandLineAndEnvironment_CommandLineWins()
    {
        var settings = PlayerSettings.Read(
            ["--server", "http://localhost:5000", "--data", _folder, "--camera-fps=8"],
            new Dictionary<string, string?>(Environment) { ["FACEAD_PLAYER_CAMERA_FPS"] = "3", ["FACEAD_PLAYER_PORT"] = "6001" });
        Assert.Equal((8, 6001, "secret", BrowserMode.Auto), (settings.CameraFps, settings.Port, settings.Token, settings.Browser));
        Assert.True(settings.ServerIsPrivate);
    }

    [Fact]
    public void Read_SensorGivenTwice_BothAreTaken()
    {
        var settings = PlayerSettings.Read(
            ["--server", "https://x", "--data", _folder, "--sensor", "motion:17", "--sensor=distance:23,24", "--sensor-near", "0.8"],
            Environment);
        Assert.Equal((2, 0.8), (settings.Sensors.Count, settings.SensorNear));
    }

    [Fact]
    public void Read_SensorsInTheEnvironment_AreSeparatedBySpaces()
    {
        var settings = PlayerSettings.Read(
            ["--server", "https://x", "--data", _folder],
            new Dictionary<string, string?>(Environment) { ["FACEAD_PLAYER_SENSOR"] = "motion:17 distance:i2c-1" });
        Assert.Equal(2, settings.Sensors.Count);
    }

    [Fact]
    public void Help_EverySetting_IsExplained() =>
        Assert.All(PlayerSettings.Keys, key => Assert.Contains($"  --{key} ", PlayerSettings.Help));

    [Theory]
    [InlineData("--server is missing", "--data", "DATA")]
    [InlineData("not an http or https address", "--server", "ftp://x", "--data", "DATA")]
    [InlineData("unencrypted", "--server", "http://x", "--data", "DATA")]
    [InlineData("--data is missing", "--server", "https://x")]
    [InlineData("There is no setting --colour", "--colour", "red")]
    [InlineData("--port needs a value", "--port")]
    [InlineData("--port 70000 is not a number from 0 to 65535", "--server", "https://x", "--data", "DATA", "--port", "70000")]
    [InlineData("--camera-fps 0 is not", "--server", "https://x", "--data", "DATA", "--camera-fps", "0")]
    [InlineData("does not exist", "--server", "https://x", "--data", "DATA", "--camera", "folder:/nowhere")]
    [InlineData("is not one of none", "--server", "https://x", "--data", "DATA", "--camera", "usb")]
    [InlineData("is not one of motion:PIN", "--server", "https://x", "--data", "DATA", "--sensor", "motion")]
    [InlineData("--sensor-near 9 is not a number from 0.1 to 4", "--server", "https://x", "--data", "DATA", "--sensor-near", "9")]
    [InlineData("is not one of auto", "--server", "https://x", "--data", "DATA", "--browser", "firefox")]
    [InlineData("is not one of information, debug", "--server", "https://x", "--data", "DATA", "--log", "loud")]
    [InlineData("cannot be read", "--server", "https://x", "--data", "DATA", "--token-file", "/nowhere/token")]
    [InlineData("--data /sys cannot be used", "--server", "https://x", "--data", "/sys")]
    public void Read_SomethingIsWrong_SaysWhatInOneLine(string message, params string[] args)
    {
        var e = Assert.Throws<SettingsException>(() => PlayerSettings.Read([.. args.Select(a => a == "DATA" ? _folder : a)], Environment));
        Assert.Contains(message, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Read_OutboxIsReadOnly_SaysSoInOneLine()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "outbox"), "/sys"); // nobody may write there, not even root
        var e = Assert.Throws<SettingsException>(() => PlayerSettings.Read(["--server", "https://x", "--data", _folder], Environment));
        Assert.StartsWith($"--data {_folder} cannot be used: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void ReadFile_NotJson_SaysWhichFileInOneLine()
    {
        var file = Path.Combine(_folder, "appsettings.json");
        File.WriteAllText(file, "{ \"Player\": ");
        var e = Assert.Throws<SettingsException>(() => SettingsReader.ReadFile(file));
        Assert.StartsWith($"{file} cannot be read: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }
}
