namespace FaceAd.Web.Reports;

/// <summary>Names of the tables.</summary>
static class ReportTables
{
    /// <summary>All figures, compared with the preceding period.</summary>
    public const string Figures = "figures";

    /// <summary>How the figures grew.</summary>
    public const string Timeline = "timeline";

    /// <summary>By segment.</summary>
    public const string Segments = "segments";

    /// <summary>People by number of exposures.</summary>
    public const string Frequency = "frequency";

    /// <summary>By site.</summary>
    public const string Sites = "sites";

    /// <summary>By screen.</summary>
    public const string Screens = "screens";

    /// <summary>By creative.</summary>
    public const string Creatives = "creatives";

    /// <summary>Impressions by weekday and hour.</summary>
    public const string Hours = "hours";

    /// <summary>People by counting period.</summary>
    public const string Periods = "periods";

    /// <summary>The campaign's flights, booked ones and those that make good.</summary>
    public const string Flights = "flights";

    /// <summary>What the figures mean, and how they are measured.</summary>
    public const string Definitions = "definitions";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Figures, Periods, Timeline, Segments, Frequency, Sites, Screens, Creatives, Hours, Flights, Definitions];
}
