namespace FaceAd.Bench.Delivery;

/// <summary>What goes wrong while contracts run.</summary>
/// <param name="Name">Name in the table.</param>
sealed record Stress(string Name)
{
    /// <summary>Share of the usual traffic on the days that are booked; the goals are those of usual traffic.</summary>
    public double Traffic { get; init; } = 1;

    /// <summary>Time from the end of a play to its report.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Share of every goal that is withdrawn halfway.</summary>
    public double Cut { get; init; }

    /// <summary>Whether the server's memory is lost halfway.</summary>
    public bool LosesServer { get; init; }

    /// <summary>Whether the cameras of one building see nobody for three days.</summary>
    public bool Blind { get; init; }

    /// <summary>What is booked, relative to the main case.</summary>
    public double Load { get; init; } = 1;

    /// <summary>Nothing.</summary>
    public static Stress None { get; } = new("none");

    /// <summary>The cases.</summary>
    public static IReadOnlyList<Stress> All { get; } =
    [
        new("traffic x 0.3") { Traffic = 0.3 },
        new("traffic x 3") { Traffic = 3 },
        new("one ride an hour") { Traffic = 0.05 },
        new("cameras of a building dead for 3 days") { Blind = true },
        new("reports an hour late") { Late = TimeSpan.FromHours(1) },
        new("server's memory lost") { LosesServer = true },
        new("goals cut by 40 % in flight") { Cut = 0.4 },
        new("20 % oversold") { Load = 1.2 / 0.85 },
    ];

    /// <summary>What happens in front of the screens.</summary>
    /// <param name="days">Days booked.</param>
    /// <param name="seed">Seed of chance.</param>
    public Trace TraceOf(int days, int seed)
    {
        var trace = Trace.Draw(DeliveryBuildings.All, DeliveryCommand.Learned, days, seed, Traffic);
        return Blind ? trace.Blind(0, days / 3, 3) : trace;
    }
}
