using System.Globalization;
using System.Text.Json;

namespace FaceAd.Bench.Cabins;

/// <summary>One kind of building.</summary>
/// <param name="Riders">Description of the riders.</param>
/// <param name="Persons">Number of people drawn for it.</param>
/// <param name="Rides">Rides in it, including those without a person.</param>
/// <param name="Precision">Of ride pairs assigned to one person, the share of one person; null for strangers, like the next two.</param>
/// <param name="Recall">Of ride pairs of one person, the share assigned to one person.</param>
/// <param name="F">Harmonic mean of pairwise precision and recall.</param>
/// <param name="CountError">Signed relative error of the unique count.</param>
/// <param name="AbsoluteCountError">Absolute value of that error.</param>
/// <param name="WithoutPerson">Share of rides that were assigned no person.</param>
sealed record CabinRow(
    string Riders, int Persons, Spread Rides, Spread Precision, Spread Recall, Spread F, Spread CountError, Spread AbsoluteCountError,
    Spread WithoutPerson);

/// <summary>Report of <c>./bench cabins</c>. As JSON, property names are part of the interface.</summary>
/// <param name="Models">Models that estimated and embedded.</param>
/// <param name="Simulations">Number of buildings of each kind.</param>
/// <param name="Pictures">Numbers of photographs.</param>
/// <param name="WithoutFace">Photographs without a ride, because no face was found.</param>
/// <param name="Identities">Numbers of identities.</param>
/// <param name="Rows">The buildings.</param>
sealed record CabinReport(
    string Models, int Simulations, CabinPictures Pictures, CabinPictures WithoutFace, CabinIdentities Identities,
    IReadOnlyList<CabinRow> Rows)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Prints the report as a table.</summary>
    /// <param name="output">Output of the table.</param>
    public void Print(TextWriter output)
    {
        Line($"{Pictures.Identities} pictures of {Identities.All} identities ({Identities.WithSeveralRides} with several), {Pictures.Strangers} of strangers; no face in {WithoutFace.Identities} and {WithoutFace.Strangers}; {Identities.StrangersJoined} strangers taken for one seen already; models {Models}");
        Line($"Each picture is one ride; its views are drawn from that one picture, and so resemble each other more than those of a real track.");
        Line($"Mean of {Simulations} simulations (and the interval of their middle 95 %). Pairwise figures are over all pairs of rides.");
        foreach (var group in Rows.GroupBy(r => r.Riders))
        {
            Line($"");
            Line($"{group.Key}");
            Line($"  {"persons",7} {"rides",6}  {"precision",-22} {"recall",-22} {"F",-22} {"count error, %",-24} {"absolute error, %",-22} {"no person, %",-10}");
            foreach (var row in group)
            {
                Line($"  {row.Persons,7} {row.Rides.Mean,6:F0}  {row.Precision.ToText(),-22} {row.Recall.ToText(),-22} {row.F.ToText(),-22} {Percent(row.CountError),-24} {Percent(row.AbsoluteCountError),-22} {row.WithoutPerson.Mean * 100,5:F1}");
            }
        }

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    static string Percent(Spread spread) => new Spread(spread.Mean * 100, spread.Low * 100, spread.High * 100).ToText(2);
}

/// <summary>Numbers of photographs.</summary>
/// <param name="Identities">Number of photographs of identities.</param>
/// <param name="Strangers">Number of photographs of strangers.</param>
sealed record CabinPictures(int Identities, int Strangers);

/// <summary>Numbers of identities.</summary>
/// <param name="All">Number of identities.</param>
/// <param name="WithSeveralRides">Number of them with more than one ride.</param>
/// <param name="StrangersJoined">Pictures of strangers that were merged with an earlier picture as the same person.</param>
sealed record CabinIdentities(int All, int WithSeveralRides, int StrangersJoined);
