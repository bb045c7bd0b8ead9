using FaceAd.Demo.History.Riders;

namespace FaceAd.Bench.Delivery;

/// <summary>The buildings of the simulation: homes, offices and a clinic, four rides a weekday and person.</summary>
static class DeliveryBuildings
{
    const double Rides = 4;

    static readonly double[] Families = [15, 16, 18, 18, 19, 14];
    static readonly double[] Staff = [0, 32, 30, 23, 14, 1];
    static readonly double[] Callers = [3, 24, 26, 22, 19, 6];
    static readonly double[] Patients = [9, 8, 15, 13, 22, 33];

    /// <summary>The buildings.</summary>
    public static IReadOnlyList<Building> All { get; } =
    [
        Of("Homes 1", 3, new(Crowd.Resident, 130, Rides, Families), new(Crowd.Visitor, 10, 2, Callers)),
        Of("Homes 2", 2, new(Crowd.Resident, 80, Rides, Families), new(Crowd.Visitor, 8, 2, Callers)),
        Of("Offices 1", 4, new(Crowd.Worker, 150, Rides, Staff), new(Crowd.Visitor, 30, 2, Callers)),
        Of("Offices 2", 3, new(Crowd.Worker, 90, Rides, Staff), new(Crowd.Visitor, 12, 2, Callers)),
        Of("Clinic", 2, new(Crowd.Worker, 25, Rides, Staff), new(Crowd.Visitor, 120, 2, Patients)),
        Of("Mixed", 3, new(Crowd.Resident, 50, Rides, Families), new(Crowd.Worker, 40, Rides, Staff), new(Crowd.Visitor, 30, 2, Callers)),
    ];

    static Building Of(string name, int screens, params Circle[] circles) =>
        new(name, "", default, Building.All[0].Facade, [.. Enumerable.Range(1, screens).Select(i => $"Screen {i}")], circles);
}
