using FaceAd.Core;

namespace FaceAd.Bench.Screens;

/// <summary>What all simulated screens share.</summary>
/// <param name="Server">Address of the server.</param>
/// <param name="Http">Client for reports; its few connections are shared, as behind a reverse proxy.</param>
/// <param name="Connecting">How many may connect at a time.</param>
/// <param name="Ads">The creative that a viewer of each segment brings.</param>
/// <param name="House">A creative of the house loop.</param>
/// <param name="Tally">Receives what happens.</param>
/// <param name="Beat">Time between heartbeats.</param>
/// <param name="Play">Length of a play.</param>
/// <param name="PlaysPerRide">Plays from one ride to the next; the first of them is the ad.</param>
sealed record ScreenLoad(
    Uri Server, HttpClient Http, SemaphoreSlim Connecting, IReadOnlyList<(Segment Segment, Guid Creative)> Ads, Guid House, LoadTally Tally,
    TimeSpan Beat, TimeSpan Play, int PlaysPerRide);
