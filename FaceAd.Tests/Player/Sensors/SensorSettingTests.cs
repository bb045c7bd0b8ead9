using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Sensors;

namespace FaceAd.Tests.Player.Sensors;

public sealed class SensorSettingTests
{
    [Fact]
    public void ParseAll_EveryKind_IsRead()
    {
        var sensors = SensorSetting.ParseAll(["motion:17", "distance:23,24", "distance:i2c-1"]);
        Assert.Equal([(SensorKind.Motion, "17", null), (SensorKind.Distance, "23,24", null), (SensorKind.Distance, "", 1)],
            sensors.Select(s => (s.Kind, string.Join(',', s.Pins), s.Bus)));
        Assert.Equal(
            ["motion sensor on GPIO 17", "distance sensor on GPIO 23 and 24", "distance sensor on I2C bus 1"], sensors.Select(s => s.Name));
    }

    [Theory]
    [InlineData("motion")]
    [InlineData("motion:")]
    [InlineData("motion:-1")]
    [InlineData("motion:+1")]
    [InlineData("motion:17,18")]
    [InlineData("motion:512")]
    [InlineData("motion:i2c-1")]
    [InlineData("distance:23")]
    [InlineData("distance:23,23")]
    [InlineData("distance:23,24,25")]
    [InlineData("distance:i2c")]
    [InlineData("distance:i2c-")]
    [InlineData("distance:i2c-1,2")]
    [InlineData("distance:i2c-100")]
    [InlineData("light:3")]
    [InlineData("17")]
    public void Parse_Anything_SaysWhatItMayBe(string text) =>
        Assert.Contains(
            "motion:17, distance:23,24, distance:i2c-1", Assert.Throws<SettingsException>(() => SensorSetting.Parse(text)).Message);

    [Theory]
    [InlineData("GPIO 17 twice", "motion:17", "distance:17,18")]
    [InlineData("I2C bus 1 twice", "distance:i2c-1", "distance:i2c-1")]
    [InlineData("at most 8", "motion:1", "motion:2", "motion:3", "motion:4", "motion:5", "motion:6", "motion:7", "motion:8", "motion:9")]
    public void ParseAll_TooMuch_IsRefused(string message, params string[] texts) =>
        Assert.Contains(message, Assert.Throws<SettingsException>(() => SensorSetting.ParseAll(texts)).Message);
}
