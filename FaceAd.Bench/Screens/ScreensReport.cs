using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Web.Metrics.Rollups;

namespace FaceAd.Bench.Screens;

/// <summary>Prints the figures of <c>screens</c> beside their aims.</summary>
sealed class ScreensReport(TextWriter output)
{
    private const double Kilobyte = 1024, Megabyte = 1024 * 1024;

    /// <summary>Whether nothing was lost, billed or disputed that should not be. Times and costs depend on the machine.</summary>
    public bool IsClean { get; private set; } = true;

    public void Add(int count, SilentFigures silent)
    {
        Line("screens registered, silent", $"{count:N0}, and {silent.Campaigns:N0} campaigns running");
        Line("  server", $"{silent.Silent}; without any {silent.None}: {silent.Silent.Web - silent.None.Web:+0.000;-0.000} cores (aim: < 0.05)");
        var scanned = silent.Scanned.Where(s => s.Rows >= 100)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Table} {s.Rows:N0}"));
        Line("  rows scanned each second", $"{string.Join(", ", scanned.DefaultIfEmpty("fewer than 100 of each table"))}");
        Line("  heap for each", $"{(silent.HeapAfter.Heap - silent.HeapBefore.Heap) / count / Kilobyte:0.0} KB");
    }

    public void Add(ForgedFigures forged)
    {
        Line("forged plays", $"{forged.Attempts:N0} of {forged.Billed.Count} kinds: {forged.All} billed (aim: 0)");
        foreach (var (kind, billed) in forged.Billed.Where(b => b.Billed > 0)) Line("  billed", $"{billed}: {kind}");
        if (forged.Changed > 0) Line("  honest plays changed", $"{forged.Changed}");
        Check(forged.All == 0);
    }

    public void Add(HonestFigures honest)
    {
        Line("honest plays", $"{honest.Told:N0}: {honest.Disputed} disputed (aim: 0), {honest.Told - honest.Rows} lost; the server was killed amid them");
        Check(honest.Disputed == 0 && honest.Rows == honest.Told);
    }

    public void Add(ScreenHabits habits, HeldFigures held)
    {
        var (tally, seconds) = (held.Tally, held.Time.TotalSeconds);
        var pushes = tally.Latencies;
        Line("screens held", $"{held.Held:N0} of {held.Count:N0}, never fewer than {held.Least:N0}; beat {habits.Beat.TotalSeconds:0} s, play {habits.Play.TotalSeconds:0} s, ride {habits.Ride.TotalSeconds:0} s, for {held.Time.TotalMinutes:0.#} min");
        Line("  each second", $"{tally.Beats / seconds:0} heartbeats, {tally.Plays / seconds:0} plays, {tally.Reports / seconds:0} audience reports, {(pushes.Count + tally.Ends) / seconds:0} pushes");
        Line("  server", $"{held.Load}, this generator {held.Load.Own:0.000}, of {Environment.ProcessorCount} cores");
        Line("  memory of the process", Each(held, m => m.Resident));
        if (held.StatesEachSecond is { } rows) Line("  states told to other nodes", $"{rows:0} rows each second");
        Line("  push after a report", pushes.Count == 0 ? (FormattableString)$"none" : $"p50 {Bootstrap.Quantile(pushes, 0.5):0} ms, p99 {Bootstrap.Quantile(pushes, 0.99):0} ms (aim: < 500), max {pushes[^1]:0} ms");
        Line("  pushes lost", $"{tally.Lost.Count} of {pushes.Count + tally.Ends + tally.Lost.Count:N0} (aim: 0)");
        foreach (var lost in held.Explanations) Line("    lost", $"{lost}");
        foreach (var (what, times) in tally.Errors.OrderByDescending(e => e.Value)) Line("  error", $"{times:N0} x {what}");
        Line("  honest plays disputed", $"{tally.Disputed}");
        Check(tally.Lost.IsEmpty && tally.Disputed == 0 && held.Least == held.Count);
    }

    public void Add(IReadOnlyList<RollupDifference> differences)
    {
        Line("rollups", differences.Count == 0 ? (FormattableString)$"equal a rebuild" : $"{differences.Count} rows differ from a rebuild, such as {differences[0]}");
        Check(differences.Count == 0);
    }

    private static FormattableString Each(HeldFigures held, Func<ServerMemory, double> of)
    {
        var (few, all) = (of(held.MemoryOfFew), of(held.MemoryOfAll));
        return $"{few / Megabyte:0} MB with {held.Few:N0} screens, {all / Megabyte:0} MB with {held.Count:N0}: {(all - few) / (held.Count - held.Few) / Kilobyte:0.0} KB for each (aim: <= 50)";
    }

    private void Check(bool isClean) => IsClean &= isClean;

    private void Line(string name, FormattableString text) =>
        output.WriteLine($"{name,-28} {text.ToString(CultureInfo.InvariantCulture)}");
}
