using System.Globalization;
using FaceAd.Core.Proof;

namespace FaceAd.Web.Operations;

/// <summary>
/// <c>verify-plays FILE [--keys FILE]</c> of the web app: checks an export of proofs on any machine, without a server, a database or
/// settings, prints what it finds and exits.
/// </summary>
static class VerifyPlaysCommand
{
    private const string Name = "verify-plays", Keys = "--keys";

    /// <summary>Runs the command if the arguments name it.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="output">Where the result is printed.</param>
    /// <returns>Exit code: 0 when nothing is wrong, 1 when something is, 2 when the file cannot be checked; null when the arguments name
    /// another command or none.</returns>
    public static async Task<int?> RunAsync(string[] args, TextWriter output)
    {
        if (args is not [Name, ..]) return null;
        if (args is not ([_, _] or [_, _, Keys, _]) || args[1].StartsWith('-'))
        {
            await output.WriteLineAsync($"Usage: {Name} FILE [{Keys} FILE]");
            return 2;
        }
        try
        {
            var expected = args is [.., Keys, var keys] ? ProofCheck.ReadKeys(await File.ReadAllLinesAsync(keys)) : null;
            using var reader = new StreamReader(args[1]);
            var summary = await ProofCheck.RunAsync(reader, expected);
            foreach (var line in Describe(summary, expected is not null)) await output.WriteLineAsync(line);
            return summary.IsSound ? 0 : 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ProofFileException or FormatException)
        {
            await output.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private static IEnumerable<string> Describe(ProofSummary summary, bool isExpected)
    {
        yield return Text($"Campaign {summary.About.Name} ({summary.About.Campaign}), {summary.About.From:yyyy-MM-dd} to {summary.About.To:yyyy-MM-dd}");
        foreach (var screen in summary.Screens)
        {
            yield return "";
            yield return Text($"{screen.Name} ({screen.Id})");
            foreach (var key in screen.Keys)
            {
                yield return Text($"  key {key.Fingerprint}, first seen {key.RegisteredAt:u}");
                yield return Text($"    numbers {key.First} to {key.Last}: {key.Plays} plays of the campaign, {key.Length.TotalSeconds:0.0} s; {key.Others} of others");
            }
            yield return Text($"  proved: {screen.Plays} of the {screen.Counted} plays that the server counts");
        }
        yield return "";
        foreach (var fault in summary.Faults) yield return "WRONG: " + Describe(fault);
        var listed = summary.Faults.Count;
        if (listed == ProofSummary.MostFaults) yield return Text($"Only the first {listed} are listed.");
        yield return Text($"{summary.Plays} plays proved, {summary.Length.TotalSeconds:0.0} s in all.");
        yield return summary.IsSound ? "Nothing is wrong." : "Not sound: " + string.Join(", ", summary.Counts.Select(c => Text($"{c.Key} {c.Value}"))) + ".";
        yield return isExpected ? "Every key was compared with those you gave."
            : "The keys were taken from the file itself. Note their fingerprints, compare them with those you noted before or read at the screens, and give them with --keys next time.";
    }

    private static string Describe(ProofFault fault)
    {
        var at = Text($"number {fault.Number} of key {fault.Key?[..16]}");
        return fault.Kind switch
        {
            ProofFaultKind.Gap => Text($"{fault.Plays} plays are missing before {at}."),
            ProofFaultKind.Order when fault.Number == 0 => Text($"The chain of key {fault.Key?[..16]} is in two parts."),
            ProofFaultKind.Order => $"Exchanged or repeated: {at}.",
            ProofFaultKind.Edited => $"Not what was signed: {at}.",
            ProofFaultKind.Signature => $"No valid signature: {at}.",
            ProofFaultKind.Chain => $"It does not follow the play before: {at}.",
            ProofFaultKind.OtherScreen => $"Signed for another screen: {at}.",
            ProofFaultKind.Twice => $"The same play under another number: {at}.",
            ProofFaultKind.UnknownKey => Text($"Unknown key {fault.Key} at screen {fault.Screen}."),
            ProofFaultKind.CutOff => "Lines are missing: the file was cut off.",
            _ => Text($"{fault.Plays} plays that the server counts at screen {fault.Screen} are not proved."),
        };
    }

    // Names come from the file: nothing in them moves the cursor.
    private static string Text(FormattableString text) =>
        string.Concat(text.ToString(CultureInfo.InvariantCulture).Where(c => !char.IsControl(c)));
}
