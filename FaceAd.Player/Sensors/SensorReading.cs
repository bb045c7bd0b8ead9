
namespace FaceAd.Player.Sensors;

/// <summary>One reading of a sensor.</summary>
/// <param name="Moves">Motion sensor: whether something moves.</param>
/// <param name="Metres">Distance sensor: to the nearest object; infinity when none is in range; null when it did not answer.</param>
readonly record struct SensorReading(bool Moves = false, double? Metres = null);
