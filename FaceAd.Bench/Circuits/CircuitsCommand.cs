using System.CommandLine;
using System.Globalization;
using System.Net;
using FaceAd.Demo;
using FaceAd.Web.Hosting;

namespace FaceAd.Bench.Circuits;

/// <summary><c>circuits</c>: cost of an open live page to the server, in memory and CPU time.</summary>
static class CircuitsCommand
{
    public static Command Create()
    {
        var pages = new Option<int>("--pages") { Description = "Number of pages open at the end", DefaultValueFactory = _ => 200 };
        var steps = new Option<int>("--steps") { Description = "Measurements between none and all of them", DefaultValueFactory = _ => 8 };
        var ticks = new Option<int>("--ticks") { Description = "Figure updates per measurement of CPU time", DefaultValueFactory = _ => 8 };
        var models = Repository.ModelsOption();
        var nodeModules = Repository.NodeModulesOption();
        var command = new Command("circuits", "Server memory and CPU time per open live campaign page, in a real Chromium.")
        {
            pages, steps, ticks, models, nodeModules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            // Not in a validator, where options that were not given have no value yet.
            if (parsed.GetValue(pages) < 2 || parsed.GetValue(steps) < 2 || parsed.GetValue(steps) > parsed.GetValue(pages)
                || parsed.GetValue(ticks) < 1)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    "circuits: give at least two pages, two steps and one tick, and no more steps than pages.");
                return 1;
            }
            var folder = Path.Combine(
                Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"facead-circuits-{Environment.ProcessId}"));
            Directory.CreateDirectory(folder);
            try
            {
                await RunAsync(
                    folder, parsed.GetRequiredValue(models).FullName, parsed.GetRequiredValue(nodeModules).FullName,
                    parsed.GetValue(pages), parsed.GetValue(steps), parsed.GetValue(ticks), parsed.InvocationConfiguration.Output,
                    cancellation);
                return 0;
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("circuits: " + exception.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    // Most campaigns opened at a time. Each one costs a computation per update, so a slow machine would fall behind with more.
    const int MostDifferent = 50;

    static async Task RunAsync(
        string folder, string models, string nodeModules, int pages, int steps, int ticks, TextWriter output,
        CancellationToken cancellation)
    {
        using var circuits = new CircuitMeter();
        await using var web = await HostedWeb.StartAsync(
            Path.Combine(folder, "data"), models, nodeModules, LoopbackPort.Free(), cancellation);
        using var building = await LiveBuilding.MakeAsync(web, Math.Min(pages, MostDifferent), cancellation);
        await using var browser = await OpenPages.StartAsync(Path.Combine(folder, "chromium"), cancellation);
        await SignInAsync(web, browser, cancellation);
        var viewing = new Viewing(web, building, browser, circuits);

        // Warm-up: open and close a page before measuring, for everything that is loaded once.
        await viewing.OpenAsync(1, _ => 0, cancellation);
        await viewing.TickAsync(3, cancellation);
        await viewing.CloseAllAsync(cancellation);

        await output.WriteLineAsync("pages of one campaign   heap after a full collection   process");
        List<(double X, double Y)> heap = [], process = [];
        for (var step = 0; step <= steps; step++)
        {
            await viewing.OpenAsync((int)Math.Round((double)pages * step / steps), _ => 0, cancellation);
            await viewing.TickAsync(3, cancellation); // until every page has drawn live figures
            var (bytes, resident) = (HostedWeb.CollectedHeap(), Resident());
            heap.Add((circuits.Connected, bytes));
            process.Add((circuits.Connected, resident));
            await output.WriteLineAsync(Line($"{circuits.Connected,21}   {bytes / 1e6,25:0.00} MB   {resident / 1e6,4:0} MB"));
        }
        var (slope, resident95) = (Trend.Of(heap), Trend.Of(process));
        await output.WriteLineAsync(Line($"retained per page: {slope.Slope / 1e3:0} KB +- {slope.HalfWidth / 1e3:0} (aim: 1,000 KB at most); of the process: {resident95.Slope / 1e3:0} KB +- {resident95.HalfWidth / 1e3:0}"));

        await output.WriteLineAsync("processor time of the server for each time that figures move (ingest, computation, drawing):");
        var same = await viewing.CostAsync(ticks, cancellation);
        await viewing.CloseAllAsync(cancellation);
        var nobody = await viewing.CostAsync(ticks, cancellation);
        await viewing.OpenAsync(1, _ => 0, cancellation);
        var one = await viewing.CostAsync(ticks, cancellation);
        await viewing.CloseAllAsync(cancellation);
        var many = Math.Min(pages, MostDifferent);
        await viewing.OpenAsync(many, page => page, cancellation);
        var different = await viewing.CostAsync(ticks, cancellation);
        foreach (var (name, cost) in new[] { ("nobody looks", nobody), ("1 page", one), ($"{pages} pages of one campaign", same), ($"{many} pages of {many} campaigns", different) })
            await output.WriteLineAsync(Line($"  {name,-32} {cost.Milliseconds,7:0.0} ms   {cost.Computations,6:0.0} computations"));
    }

    static async Task SignInAsync(HostedWeb web, OpenPages browser, CancellationToken cancellation)
    {
        var cookies = new CookieContainer();
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = web.Address };
        if (await SmokeCommand.SignInAsync(client, LiveBuilding.Email, LiveBuilding.Password, cancellation) is { } problem)
            throw new InvalidOperationException(problem);
        foreach (Cookie cookie in cookies.GetAllCookies())
            await browser.SetCookieAsync(web.Address, cookie.Name, cookie.Value, cancellation);
    }

    static long Resident()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
