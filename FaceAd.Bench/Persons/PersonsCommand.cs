using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Evaluation;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Persons;

/// <summary><c>persons</c>: cost of searching a large site's people, and of template protection in accuracy.</summary>
static class PersonsCommand
{
    /// <summary>Views in a synthetic ride: as many as the product needs before it searches.</summary>
    const int RideViews = 2;

    public static Command Create()
    {
        var persons = new Option<int[]>("--persons")
        {
            Description = "People of the site",
            DefaultValueFactory = _ => [5_000, 20_000, 50_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var views = new Option<int>("--views")
        {
            Description = $"Views kept of each person, 1 to {PersonMatcher.MaxViews}; each takes 2 KB of memory",
            DefaultValueFactory = _ => 2,
        };
        var queries = new Option<int>("--queries") { Description = "Searches, half of them for strangers", DefaultValueFactory = _ => 60 };
        var rides = new Option<int>("--rides")
        {
            Description = "Rides in the accuracy comparison, half of them by strangers; 0: none",
            DefaultValueFactory = _ => 4_000,
        };
        var noise =
            new Option<double>(
                "--noise")
            {
                Description = "Noise of a view, in lengths of the face; two views have a cosine of about 1 / (1 + noise^2)",
                DefaultValueFactory = _ => 1.25,
            };
        var seed = new Option<int>("--seed") { Description = "Seed of all random draws", DefaultValueFactory = _ => 1 };
        var command = new Command("persons", "Person search on one thread, drawn faces: recall against the naive search, ms, share of memory bandwidth, restore time, accuracy with protected templates. Such as: ./bench persons --persons 50000 --views 2")
        {
            persons, views, queries, rides, noise, seed,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, () =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var faces = new DrawnFaces(parsed.GetValue(seed));
            var kept = Math.Clamp(parsed.GetValue(views), 1, PersonMatcher.MaxViews);
            var sizes = parsed.GetRequiredValue(persons).Select(p => Math.Max(1, p)).ToList();
            Line(output, $"One thread; {kept} views a person, {RideViews} a ride; faces drawn by seed {parsed.GetValue(seed)}. Median of the searches; the plain read is of the same memory, in turns with them.");
            Line(output, $"  {"persons",8}{"MB",8}{"recall",8}{"right",8}{"ms",9}{"ms, 90 %",10}{"GB/s",8}{"read GB/s",11}{"share, %",10}{"naive ms",10}{"restore s",11}");
            foreach (var size in sizes)
            {
                cancellation.ThrowIfCancellationRequested();
                Search(output, faces, size, kept, Math.Max(2, parsed.GetValue(queries)), parsed.GetValue(noise));
                // Garbage of one size must not slow down the next.
                GC.Collect();
            }
            if (parsed.GetValue(rides) > 0)
                TemplateAccuracy.Print(output, faces, Math.Min(sizes.Max(), TemplateAccuracy.MaxPersons), kept, parsed.GetValue(rides),
                    parsed.GetValue(noise), cancellation);
            return Task.CompletedTask;
        }));
        return command;
    }

    static void Search(TextWriter output, DrawnFaces faces, int size, int views, int queries, double noise)
    {
        var site = SiteOfPersons.Draw(faces, size, views, noise, RestoredImpostors.DefaultSample);
        List<double> times = [], reads = [];
        var (same, right, naive) = (0, 0, 0.0);
        for (var query = 0; query < queries; query++)
        {
            // Every other ride is by a stranger.
            var person = query % 2 == 0 ? (int)((long)query * size / queries) : size + query;
            var presence = faces.ViewsOf(person, 1, RideViews, noise);
            site.Matcher.Find(presence);
            var started = Stopwatch.GetTimestamp();
            var found = site.Matcher.Find(presence)?.Person;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            reads.Add(site.ReadOnce());
            started = Stopwatch.GetTimestamp();
            if (site.NaiveFind(presence) == found) same++;
            naive += Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (found == (person < size ? site.IdOf(person) : null)) right++;
        }
        var bytes = site.Matcher.Rows.Bytes;
        var (median, read) = (At(times, 0.5), At(reads, 0.5));
        var rate = bytes / median / 1e6;
        Line(output, $"  {size,8}{bytes / 1e6,8:F0}{(double)same / queries,8:F3}{(double)right / queries,8:F3}{median,9:F3}{At(times, 0.9),10:F3}{rate,8:F1}{read,11:F1}{100 * rate / read,10:F0}{naive / queries,10:F0}{site.RestoreTime.TotalSeconds,11:F2}");
    }

    static double At(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
