using System.Globalization;
using System.Text.Json;

namespace FaceAd.Bench.Cabins;

/// <summary>One kind of building.</summary>
/// <param name="Riders">Who rides.</param>
/// <param name="Persons">How many persons were drawn for it.</param>
/// <param name="Rides">Rides in it, those without a person included.</param>
/// <param name="Precision">Of pairs of rides given one person, the share that is of one; no value for strangers, as for the next two.</param>
/// <param name="Recall">Of pairs of rides of one person, the share given one.</param>
/// <param name="F">Of pairs: harmonic mean of both.</param>
/// <param name="CountError">Signed relative error of the number of unique persons.</param>
/// <param name="AbsoluteCountError">The same without its sign.</param>
/// <param name="WithoutPerson">Share of the rides that were given no person.</param>
sealed record CabinRow(
    string Riders, int Persons, Spread Rides, Spread Precision, Spread Recall, Spread F, Spread CountError, Spread AbsoluteCountError, Spread WithoutPerson);

/// <summary>What <c>./bench cabins</c> says. As JSON, property names are part of the interface.</summary>
/// <param name="Models">Which models estimated and embedded.</param>
/// <param name="Simulations">Buildings of each kind.</param>
/// <param name="Pictures">Photographs of identities, and of strangers.</param>
/// <param name="WithoutFace">Photographs that gave no ride, since no face was found.</param>
/// <param name="Identities">Number of identities; of these, with several rides.</param>
/// <param name="Rows">The buildings.</param>
sealed record CabinReport(
    string Models, int Simulations, CabinPictures Pictures, CabinPictures WithoutFace, CabinIdentities Identities, IReadOnlyList<CabinRow> Rows)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Prints the report as a table.</summary>
    /// <param name="output">Where to.</param>
    public void Print(TextWriter output)
    {
        Line($"{Pictures.Identities} pictures of {Identities.All} identities ({Identities.WithSeveralRides} with several), {Pictures.Strangers} of strangers; no face in {WithoutFace.Identities} and {WithoutFace.Strangers}; {Identities.StrangersJoined} strangers taken for one seen already; models {Models}");
        Line($"Each picture is one ride; its views are drawn from that one picture, and so resemble each other more than those of a real track.");
        Line($"Mean of {Simulations} simulations (and the interval of their middle 95 %). Pairwise figures are over all pairs of rides.");
        foreach (var group in Rows.GroupBy(r => r.Riders))
        {
            Line($"");
            Line($"{group.Key}");
            Line($"  {"persons",7} {"rides",6}  {"precision",-22} {"recall",-22} {"F",-22} {"count error, %",-24} {"without sign, %",-22} {"no person, %",-10}");
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
/// <param name="Identities">Of identities.</param>
/// <param name="Strangers">Of strangers.</param>
sealed record CabinPictures(int Identities, int Strangers);

/// <summary>Numbers of identities.</summary>
/// <param name="All">All.</param>
/// <param name="WithSeveralRides">Those with more than one ride.</param>
/// <param name="StrangersJoined">Pictures of strangers that were taken for another picture of somebody seen already.</param>
sealed record CabinIdentities(int All, int WithSeveralRides, int StrangersJoined);
