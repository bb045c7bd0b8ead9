namespace FaceAd.Demo.History.Riders;

/// <summary>People who ride in a building for the same reason.</summary>
/// <param name="Crowd">The reason.</param>
/// <param name="Members">How many they are; of visitors, how many come on a weekday.</param>
/// <param name="Rides">Rides of each on a weekday.</param>
/// <param name="Mix">Weights of the six segments, in their fixed order.</param>
sealed record Circle(Crowd Crowd, int Members, double Rides, IReadOnlyList<double> Mix);
