using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Peers;

/// <summary>One set of pictures.</summary>
/// <param name="Name">"labels" or "boxes".</param>
/// <param name="Pictures">Number of pictures.</param>
/// <param name="Tables">The tasks compared on it.</param>
sealed record PeerSet(string Name, int Pictures, IReadOnlyList<PeerTable> Tables);

/// <summary>Report of <c>./bench peers</c>. As JSON, property names and their order are part of the interface.</summary>
/// <param name="Machine">Processor and number of cores.</param>
/// <param name="Rounds">Number of measurements.</param>
/// <param name="Sets">The sets of pictures.</param>
sealed record PeersReport(string Machine, int Rounds, IReadOnlyList<PeerSet> Sets)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Prints the report as tables.</summary>
    /// <param name="output">Output of the tables.</param>
    public void Print(TextWriter output)
    {
        output.WriteLine(
            $"{Machine}; {Rounds} round(s), each program alone with one thread, on the same decoded JPEGs. Figures with 95 % intervals.");
        output.WriteLine(
            "cpu: processor milliseconds a picture (user + system of the process) after start, loading and warm-up; decoding apart.");
        foreach (var set in Sets)
        {
            foreach (var table in set.Tables)
            {
                output.WriteLine();
                output.WriteLine(
                    Text($"{set.Pictures} pictures with {(set.Name == "boxes" ? "boxes" : "age and gender")}: {Title(table.Task)}"));
                if (set.Name == "boxes") PrintBoxes(output, table);
                else PrintLabels(output, table);
            }
        }
    }

    static void PrintLabels(TextWriter output, PeerTable table)
    {
        var full = table.Task == PeerTask.Full;
        output.WriteLine(Header() + $"{"face found",-23}" + (full ? $"{"4 bands",-23}{"gender",-23}{"age error, years",-22}" : ""));
        foreach (var peer in table.Peers)
        {
            output.WriteLine(Row(peer) + $"{peer.Found?.ToText(),-23}"
                + (full ? $"{peer.Bands?.ToText(),-23}{peer.Gender?.ToText(),-23}{peer.AgeError?.ToText(2),-22}" : ""));
        }
    }

    static void PrintBoxes(TextWriter output, PeerTable table)
    {
        output.WriteLine(Header() + $"{"precision",-23}{"recall 40-80 px",-23}{"recall >= 80 px",-23}");
        foreach (var peer in table.Peers)
        {
            output.WriteLine(Row(peer) + $"{Size(peer, SizeGroup.Counted.Name)?.Precision.ToText(),-23}"
                + $"{Size(peer, SizeGroup.Critical.Name)?.Recall.ToText(),-23}{Size(peer, SizeGroup.All[3].Name)?.Recall.ToText(),-23}");
        }
    }

    static SizeScores? Size(PeerScores peer, string name) => peer.Sizes?.FirstOrDefault(s => s.Name == name);

    static string Header() => $"  {"",-22}{"version",-10}{"cpu, ms",-26}{"times ours",-22}{"decode, ms",-11}";

    static string Row(PeerScores peer) => Text(
        $"  {peer.Name,-22}{(peer.Name == OwnRun.Name ? "" : peer.Version),-10}{Milliseconds(peer.CpuSeconds).ToText(1),-26}{peer.TimesOurs.ToText(1),-22}{peer.DecodeCpuSeconds.Value * 1000,-11:F1}");

    static Figure Milliseconds(Figure seconds) =>
        seconds with { Value = seconds.Value * 1000, Low = seconds.Low * 1000, High = seconds.High * 1000 };

    static string Title(PeerTask task) => task == PeerTask.Detect ? "detection alone" : "detection, age, gender, embedding";

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
