using System.Diagnostics;
using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Web.Players;

namespace FaceAd.Bench.Decisions;

/// <summary>What it costs to learn which screens' programmes a change of one campaign touches, beside going through all of them.</summary>
static class ProgrammeCost
{
    private const int Sites = 1_250, ScreensPerSite = 4;

    /// <summary>Measures it on a snapshot whose campaigns are booked at one site each.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="rounds">How many changes.</param>
    /// <returns>One line.</returns>
    public static string Measure(DecisionSnapshot snapshot, int rounds)
    {
        Guid[] sites = [.. snapshot.Campaigns.SelectMany(c => c.SiteIds).Distinct().Take(Sites)];
        var creatives = new SiteCreatives();
        creatives.Follow(snapshot);
        foreach (var site in sites) creatives.Of(site);
        List<double> followed = [], anew = [];
        for (var i = 0; i < rounds; i++)
        {
            List<SnapshotCampaign> campaigns = [.. snapshot.Campaigns];
            var at = i * 97 % campaigns.Count;
            campaigns[at] = campaigns[at] with { Creatives = [campaigns[at].Creatives[0] with { Name = $"Version {i}" }] };
            snapshot = snapshot with { Campaigns = campaigns };
            followed.Add(Time(() =>
            {
                foreach (var site in creatives.Follow(snapshot)!) creatives.Of(site);
            }));
            if (i >= 3) continue; // they take long
            anew.Add(Time(() =>
            {
                foreach (var site in sites)
                {
                    for (var screen = 0; screen < ScreensPerSite; screen++)
                        _ = snapshot.Campaigns.Where(c => Targeting.RunsAt(c.SiteIds, site)).SelectMany(c => c.Creatives).ToList();
                }
            }));
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  programmes, 1 changed, {sites.Length * ScreensPerSite:N0} screens: {Median(followed):F2} ms; all composed anew: {Median(anew):F0} ms");
    }

    private static double Time(Action work)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
