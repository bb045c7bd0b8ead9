namespace FaceAd.Demo.History.Riders;

/// <summary>A building of the demonstration: its screens, and who rides there.</summary>
/// <param name="Name">Name.</param>
/// <param name="Address">Postal address.</param>
/// <param name="Place">Degrees north and east.</param>
/// <param name="Facade">What it looks like.</param>
/// <param name="Screens">Names of its screens.</param>
/// <param name="Circles">Who rides there.</param>
sealed record Building(
    string Name, string Address, (double North, double East) Place, Facade Facade, IReadOnlyList<string> Screens,
    IReadOnlyList<Circle> Circles)
{
    /// <summary>The time zone of all of them.</summary>
    public const string TimeZone = "Asia/Seoul";

    // Kids, men and women of 20 to 39, men and women of 40 to 59, 60 and older.
    static readonly double[] Families = [15, 16, 18, 18, 19, 14];
    static readonly double[] Staff = [0, 32, 30, 23, 14, 1];
    static readonly double[] Callers = [3, 24, 26, 22, 19, 6];
    static readonly double[] Patients = [9, 8, 15, 13, 22, 33];

    /// <summary>The buildings. The first two screens of the first one are live.</summary>
    public static IReadOnlyList<Building> All { get; } =
    [
        new("Hangang Tower 101", "101 Hangangbyeon-gil, Yeongdeungpo-gu, Seoul", (37.5243, 126.9270),
            new(16, 8, "#d8d2c4", "#7f9db0", "#cfe3ee"), ["Elevator A", "Elevator B", "Elevator C", "Elevator D"],
            [new(Crowd.Resident, 100, 0.85, Families), new(Crowd.Worker, 10, 1.0, Staff), new(Crowd.Visitor, 12, 0.8, Callers)]),
        new("Teheran Square", "2 Teheran Square, Gangnam-gu, Seoul", (37.5006, 127.0364),
            new(20, 10, "#3f5563", "#8fb7cc", "#e6dcc8"), ["Lobby 1", "Lobby 2", "Lobby 3", "Lobby 4", "Garage"],
            [new(Crowd.Worker, 100, 0.95, Staff), new(Crowd.Visitor, 20, 0.8, Callers)]),
        new("Seohyeon Clinic Plaza", "15 Clinic Plaza, Bundang-gu, Seongnam", (37.3849, 127.1232),
            new(8, 12, "#e9e4da", "#86aa9c", "#d9e8dc"), ["Front", "Back", "Garage"],
            [new(Crowd.Resident, 20, 0.7, Families), new(Crowd.Worker, 20, 1.0, Staff), new(Crowd.Visitor, 32, 0.85, Patients)]),
    ];
}
