namespace FaceAd.Player.Sensors;

/// <summary>An opened sensor. Reading may block for as long as a measurement takes.</summary>
abstract class CabinSensor(TimeSpan period) : IDisposable
{
    /// <summary>Polling interval.</summary>
    public TimeSpan Period => period;

    /// <summary>Raised with an unsolicited reading.</summary>
    public event Action<SensorReading>? Told;

    /// <summary>Measures once.</summary>
    public abstract SensorReading Read();

    public abstract void Dispose();

    protected void Tell(SensorReading reading) => Told?.Invoke(reading);
}

static class Opening
{
    /// <summary>Opens a device on a connection of its own, and disposes the connection if that fails.</summary>
    public static T OrDispose<T>(IDisposable wire, Func<T> open)
    {
        try
        {
            return open();
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }
}
