using System.CommandLine;
using System.Globalization;
using System.Net;
using FaceAd.Bench.Circuits;
using FaceAd.Demo;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Bench.Pages;

/// <summary><c>pages</c>: server time of each dashboard page, in a small and in a large network.</summary>
static class PagesCommand
{
    /// <summary>Limit on the median server time of a page, in milliseconds.</summary>
    const double Limit = 200;

    public static Command Create()
    {
        var campaigns = new Option<int>("--campaigns")
        {
            Description = "Campaigns of the large network; the small one has a hundredth",
            DefaultValueFactory = _ => 10_000,
        };
        var screens = new Option<int>("--screens")
        {
            Description = "Screens of the large network, five to a building; the small one has a hundredth",
            DefaultValueFactory = _ => 5_000,
        };
        var rounds = new Option<int>("--rounds") { Description = "Requests per page", DefaultValueFactory = _ => 30 };
        var models = Repository.ModelsOption();
        var nodeModules = Repository.NodeModulesOption();
        var command = new Command(
            "pages",
            "Server time of the dashboard's pages, median and 95th percentile, in a small network and in one a hundred times as large.")
        {
            campaigns, screens, rounds, models, nodeModules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(campaigns) < 1000 || parsed.GetValue(screens) < 500 || parsed.GetValue(rounds) < 5)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Give at least 1,000 campaigns, 500 screens and 5 rounds.");
                return 1;
            }
            var folder = Path.Combine(
                Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"facead-pages-{Environment.ProcessId}"));
            Directory.CreateDirectory(folder);
            try
            {
                var output = parsed.InvocationConfiguration.Output;
                Dictionary<string, List<Timing>> all = [];
                foreach (var (name, share) in new[] { ("small", 100), ("large", 1) })
                {
                    var (c, s) = (parsed.GetValue(campaigns) / share, parsed.GetValue(screens) / share);
                    await using var web = await HostedWeb.StartAsync(
                        Path.Combine(folder, name), parsed.GetRequiredValue(models).FullName,
                        parsed.GetRequiredValue(nodeModules).FullName, LoopbackPort.Free(), cancellation);
                    await PagesNetwork.MakeAsync(web, c, s, cancellation);
                    all[name] = await MeasureAsync(web, parsed.GetValue(rounds), cancellation);
                    await output.WriteLineAsync(
                        string.Create(CultureInfo.InvariantCulture, $"{name}: {c} campaigns, {s} screens measured"));
                }
                await output.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{"page",-22} {"small: median",14} {"p95",8} {"large: median",14} {"p95",8} {"ratio",7} {"KB",7}"));
                foreach (var (few, many) in all["small"].Zip(all["large"]))
                {
                    await output.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{many.Page,-22} {few.Median,11:F1} ms {few.P95,5:F0} ms {many.Median,11:F1} ms {many.P95,5:F0} ms {many.Median / few.Median,7:F2} {many.Bytes / 1024,7}"));
                }
                var slow = all["large"].Where(t => t.Median > Limit).ToList();
                await output.WriteLineAsync(slow.Count == 0
                    ? "No page is above 200 ms." : "Above 200 ms: " + string.Join(", ", slow.Select(t => t.Page)));
                return slow.Count == 0 ? 0 : 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    static async Task<List<Timing>> MeasureAsync(HostedWeb web, int rounds, CancellationToken cancellation)
    {
        await using var db = await web.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContextAsync(cancellation);
        var campaign = await db.Campaigns.Where(c => c.State == CampaignState.Approved && c.SiteIds.Length == 0).OrderBy(c => c.Id)
            .Select(c => c.Id).FirstAsync(cancellation);
        var draft = await db.Campaigns.Where(c => c.State == CampaignState.Draft).OrderBy(c => c.Id).Select(c => c.Id)
            .FirstAsync(cancellation);
        var site = await db.Sites.Where(s => s.Name == "Building 7").Select(s => s.Id).SingleAsync(cancellation);
        (string Name, string Path)[] pages =
        [
            ("overview", "admin/overview"), ("campaigns", "campaigns"), ("campaigns, searched", "campaigns?q=99&state=Running"),
            ("campaigns, by name", "campaigns?sort=Name"), ("campaigns, building", $"campaigns?site={site}"),
            ("campaigns, by Reach", "campaigns?sort=Reach"),
            ("campaign", $"campaigns/{campaign}"), ("campaign form", $"campaigns/{draft}/edit"), ("calendar", "campaigns/calendar"),
            ("approvals", "admin/approvals"), ("screens", "admin/screens"), ("groups", "admin/groups"), ("live", "admin/live"),
            ("audience", "admin/audience"), ("audit", "admin/audit"), ("buildings", "buildings"),
        ];
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = web.Address };
        if (await SmokeCommand.SignInAsync(client, LiveBuilding.Email, LiveBuilding.Password, cancellation) is { } problem)
            throw new InvalidOperationException(problem);
        List<Timing> timings = [];
        foreach (var (name, path) in pages)
        {
            List<double> times = [];
            var bytes = 0;
            for (var i = -3; i < rounds; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
                var body = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellation);
                if (i >= 0) times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds); // the first ones are a warm-up
                bytes = body.Length;
            }
            times.Sort();
            timings.Add(new Timing(name, times[times.Count / 2], times[(int)Math.Ceiling(times.Count * 0.95) - 1], bytes));
        }
        return timings;
    }

    sealed record Timing(string Page, double Median, double P95, int Bytes);
}
