using Iot.Device.CpuTemperature;

namespace FaceAd.Player.Sensors;

/// <summary>The temperature of the machine's processor.</summary>
/// <param name="read">Reads it in degrees Celsius; null when the machine does not report it.</param>
sealed class CpuHeat(Func<double?> read)
{
    /// <summary>Reads the temperature of this machine.</summary>
    public static CpuHeat OfThisMachine()
    {
        var device = new CpuTemperature();
        return new CpuHeat(() => device.IsAvailable ? device.Temperature.DegreesCelsius : null);
    }

    /// <summary>The current temperature in degrees Celsius; null while it cannot be read.</summary>
    public double? Celsius
    {
        get
        {
            try
            {
                return read() is { } celsius && double.IsFinite(celsius) ? celsius : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null; // some machines have the file and no sensor behind it
            }
        }
    }
}
