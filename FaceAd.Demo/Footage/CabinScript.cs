using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAd.Core;

namespace FaceAd.Demo.Footage;

/// <summary>A member of the cast.</summary>
/// <param name="Person">Name, the same in every script with this person.</param>
/// <param name="Segment">The portrait's segment, checked.</param>
/// <param name="Portrait">Number of the portrait file.</param>
sealed record CabinPerson(string Person, Segment Segment, int Portrait);

/// <summary>One ride of one person. The interval includes its start and excludes its end.</summary>
/// <param name="Person">Name in the cast.</param>
/// <param name="Enters">First moment in view (at the door, small), in seconds from the start.</param>
/// <param name="Leaves">First moment out of view, likewise.</param>
/// <param name="Place">0 (left) to 3 (right).</param>
/// <param name="Size">Side of the portrait square when standing, 90 to 200 pixels; the face is about half of it.</param>
sealed record CabinRide(string Person, double Enters, double Leaves, int Place, int Size);

/// <summary>Script of one cabin's footage, and so its ground truth.</summary>
/// <param name="Screen">Name of the screen, and of the footage file.</param>
/// <param name="Seconds">Length in seconds; the footage is played in a loop.</param>
/// <param name="FramesPerSecond">Frame rate.</param>
/// <param name="Seed">Seed of all small motions: the same script gives the same frames.</param>
/// <param name="Cast">All riders.</param>
/// <param name="Rides">All rides, in any order.</param>
sealed record CabinScript(
    string Screen, double Seconds, int FramesPerSecond, int Seed, IReadOnlyList<CabinPerson> Cast, IReadOnlyList<CabinRide> Rides)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The demonstration's two scripts, one per screen.</summary>
    public static IReadOnlyList<CabinScript> Committed { get; } = [Read("screen-1"), Read("screen-2")];

    /// <summary>Number of frames.</summary>
    public int Frames => (int)(Seconds * FramesPerSecond);

    /// <summary>The script as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Parses a script.</summary>
    /// <param name="json">As written by <see cref="ToJson"/>.</param>
    /// <exception cref="JsonException">The text is not a script.</exception>
    public static CabinScript FromJson(string json) =>
        JsonSerializer.Deserialize<CabinScript>(json, Json) ?? throw new JsonException("The script is empty.");

    /// <summary>The member of the cast who takes a ride.</summary>
    /// <param name="ride">One of <see cref="Rides"/>.</param>
    public CabinPerson Rider(CabinRide ride) => Cast.Single(person => person.Person == ride.Person);

    /// <summary>The rides in progress at a moment.</summary>
    /// <param name="time">Seconds from the start.</param>
    public IEnumerable<CabinRide> RidesAt(double time) => Rides.Where(ride => ride.Enters <= time && time < ride.Leaves);

    /// <summary>The segment with the most riders at a moment; the larger total area on a tie; unknown when the cabin is empty.</summary>
    /// <param name="time">Seconds from the start.</param>
    public Segment DominantAt(double time) => RidesAt(time)
        .GroupBy(ride => Rider(ride).Segment)
        .OrderByDescending(group => group.Count())
        .ThenByDescending(group => group.Sum(ride => ride.Size * ride.Size))
        .Select(group => group.Key)
        .FirstOrDefault(Segment.Unknown);

    /// <summary>The times without riders, as half-open intervals within the footage.</summary>
    public IReadOnlyList<(double From, double To)> Gaps()
    {
        var gaps = new List<(double, double)>();
        var until = 0.0;
        foreach (var ride in Rides.OrderBy(ride => ride.Enters))
        {
            if (ride.Enters > until) gaps.Add((until, ride.Enters));
            until = Math.Max(until, ride.Leaves);
        }
        if (until < Seconds) gaps.Add((until, Seconds));
        return gaps;
    }

    static CabinScript Read(string screen)
    {
        using var script = typeof(CabinScript).Assembly.GetManifestResourceStream(screen + ".json")
            ?? throw new FileNotFoundException($"There is no built-in script named {screen}.");
        return JsonSerializer.Deserialize<CabinScript>(script, Json) ?? throw new JsonException("The script is empty.");
    }
}
