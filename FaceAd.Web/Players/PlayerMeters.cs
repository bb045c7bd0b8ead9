using System.Diagnostics.Metrics;

namespace FaceAd.Web.Players;

/// <summary>Counters of the hub, under the meter <c>FaceAd.Players</c>.</summary>
sealed class PlayerMeters(IMeterFactory factory)
{
    private readonly Counter<long> _pushed = factory.Create("FaceAd.Players").CreateCounter<long>("facead.pushes");

    /// <summary>Counts a command sent to a connected screen.</summary>
    public void Pushed(Guid screenId) => _pushed.Add(1, new KeyValuePair<string, object?>("screen", screenId));
}
