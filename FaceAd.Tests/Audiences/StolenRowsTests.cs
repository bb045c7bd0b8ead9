using System.Numerics.Tensors;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;

namespace FaceAd.Tests.Audiences;

/// <summary>
/// Attackers with a copy of two epochs' rows, who know twenty of the people in both, try to find the others again. Each attack is also
/// run on what it would find without protection, so that a poor attack does not pass for a good defence.
/// </summary>
public sealed class StolenRowsTests(StolenRowsTests.Rows rows) : IClassFixture<StolenRowsTests.Rows>
{
    private const int Persons = 1000;
    private const int Known = 20;

    [Fact]
    public void Templates_ComparedByteByByte_SayNothing() =>
        Guess(Auc((i, j) => -TensorPrimitives.HammingDistance<byte>(rows.First[i].Template, rows.Second[j].Template)));

    [Fact]
    public void Templates_ComparedAsVectors_SayNothing()
    {
        Guess(Auc((i, j) => TensorPrimitives.Dot<float>(rows.FirstBytes[i], rows.SecondBytes[j])));
        Find(Auc((i, j) => TensorPrimitives.Dot<float>(rows.FirstViews[i], rows.SecondViews[j])));
    }

    [Fact]
    public void Templates_MatchedByTheirSortedDistances_SayNothing()
    {
        Guess(Auc(Nearness(Profiles(rows.FirstBytes), Profiles(rows.SecondBytes))));
        Find(Auc(Nearness(Profiles(rows.FirstViews), Profiles(rows.SecondRotated))));
    }

    [Fact]
    public void Templates_MatchedByDistancesToKnownPersons_SayNothing()
    {
        Guess(Auc(Nearness(Anchors(rows.FirstBytes), Anchors(rows.SecondBytes))));
        Find(Auc(Nearness(Anchors(rows.FirstViews), Anchors(rows.SecondRotated))));
    }

    [Fact]
    public void Templates_MappedByRidgeRegressionOverKnownPairs_SayNothing()
    {
        Guess(Auc(Ridge(rows.FirstBytes, rows.SecondBytes)));
        Find(Auc(Ridge(rows.FirstViews, rows.SecondRotated)));
    }

    [Fact]
    public void Rows_LengthAndOrderFittedOverKnownPairs_SayNothing()
    {
        Assert.Single(rows.First.Concat(rows.Second).Select(r => r.Template.Length).Distinct());
        double[] x = [.. rows.First.Select(r => (double)r.Rank)], y = [.. rows.Second.Select(r => (double)r.Rank)];
        var (meanX, meanY) = (x[..Known].Average(), y[..Known].Average());
        var slope = Enumerable.Range(0, Known).Sum(k => (x[k] - meanX) * (y[k] - meanY)) / x[..Known].Sum(v => (v - meanX) * (v - meanX));
        Guess(Auc((i, j) => -Math.Abs(meanY + slope * (x[i] - meanX) - y[j])));
    }

    [Fact]
    public void Rows_OfBothEpochs_ShareNoIdentityAndNoTemplate()
    {
        Assert.Empty(rows.First.Select(r => r.Id).Intersect(rows.Second.Select(r => r.Id)));
        Assert.Equal(2 * Persons, rows.First.Concat(rows.Second).Select(r => Convert.ToHexString(r.Template)).Distinct().Count());
    }

    private static void Guess(double auc) => Assert.InRange(auc, 0.45, 0.55);

    private static void Find(double auc) => Assert.InRange(auc, 0.95, 1);

    /// <summary>
    /// How often the true pair scores above another person of the second epoch; ties count half. Known people are left out.
    /// </summary>
    private static double Auc(Func<int, int, double> score)
    {
        var wins = new double[Persons];
        Parallel.For(Known, Persons, i =>
        {
            var own = score(i, i);
            for (var j = Known; j < Persons; j++)
            {
                if (j == i) continue;
                var other = score(i, j);
                wins[i] += own > other ? 1 : own == other ? 0.5 : 0;
            }
        });
        return wins.Sum() / (Persons - Known) / (Persons - Known - 1);
    }

    private static Func<int, int, double> Nearness(float[][] first, float[][] second) => (i, j) =>
        -TensorPrimitives.Distance<float>(first[i], second[j]);

    /// <summary>Quantiles of the similarities with everyone else of the epoch: the same whatever rotation hides the coordinates.</summary>
    private static float[][] Profiles(float[][] vectors)
    {
        var profiles = new float[Persons][];
        Parallel.For(0, Persons, i =>
        {
            var similarities = vectors.Where((_, j) => j != i).Select(v => TensorPrimitives.Dot<float>(vectors[i], v)).Order().ToArray();
            profiles[i] = [similarities.Average(), .. Enumerable.Range(1, 9).Select(q => similarities[q * similarities.Length / 10])];
        });
        return Standardised(profiles);
    }

    private static float[][] Anchors(float[][] vectors) =>
        Standardised([.. vectors.Select(v => vectors.Take(Known).Select(k => TensorPrimitives.Dot<float>(v, k)).ToArray())]);

    private static float[][] Standardised(float[][] features)
    {
        for (var f = 0; f < features[0].Length; f++)
        {
            var mean = features.Average(x => x[f]);
            var deviation = (float)Math.Sqrt(features.Average(x => (x[f] - mean) * (x[f] - mean))) + 1e-9f;
            foreach (var x in features) x[f] = (x[f] - mean) / deviation;
        }
        return features;
    }

    /// <summary>Maps a vector of the first epoch into the second, by the known pairs, and compares there.</summary>
    private static Func<int, int, double> Ridge(float[][] first, float[][] second)
    {
        (first, second) = (Centred(first), Centred(second));
        var kernel = new double[Known, Known];
        for (var a = 0; a < Known; a++)
        {
            for (var b = 0; b < Known; b++) kernel[a, b] = TensorPrimitives.Dot<float>(first[a], first[b])
                + (a == b ? 0.1 * TensorPrimitives.Dot<float>(first[a], first[a]) : 0);
        }
        var weights = first.Select(x => Solve(kernel, [.. first.Take(Known).Select(k => (double)TensorPrimitives.Dot<float>(x, k))]))
            .ToArray();
        var near = second.Select(y => second.Take(Known).Select(k => (double)TensorPrimitives.Dot<float>(y, k)).ToArray()).ToArray();
        return (i, j) => TensorPrimitives.CosineSimilarity<double>(weights[i], near[j]);
    }

    private static float[][] Centred(float[][] vectors)
    {
        var mean = new float[vectors[0].Length];
        foreach (var vector in vectors) TensorPrimitives.Add<float>(mean, vector, mean);
        TensorPrimitives.Divide<float>(mean, vectors.Length, mean);
        return [.. vectors.Select(v => v.Zip(mean, (x, m) => x - m).ToArray())];
    }

    /// <summary>Solves a positive definite system by elimination.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var (m, n) = ((double[,])matrix.Clone(), right.Length);
        for (var p = 0; p < n; p++)
        {
            for (var r = p + 1; r < n; r++)
            {
                var f = m[r, p] / m[p, p];
                for (var c = p; c < n; c++) m[r, c] -= f * m[p, c];
                right[r] -= f * right[p];
            }
        }
        for (var p = n - 1; p >= 0; p--)
        {
            for (var c = p + 1; c < n; c++) right[p] -= m[p, c] * right[c];
            right[p] /= m[p, p];
        }
        return right;
    }

    /// <summary>The same people in two epochs, enrolled by the product, and what lies in the database of them.</summary>
    public sealed class Rows : IAsyncLifetime
    {
        /// <summary>Rows of the first epoch, by person.</summary>
        public IReadOnlyList<StolenRow> First { get; private set; } = [];

        /// <summary>Rows of the second epoch, by person.</summary>
        public IReadOnlyList<StolenRow> Second { get; private set; } = [];

        /// <summary>Templates of the first epoch as vectors.</summary>
        public float[][] FirstBytes { get; private set; } = [];

        /// <summary>Templates of the second epoch as vectors.</summary>
        public float[][] SecondBytes { get; private set; } = [];

        /// <summary>What the first epoch's templates protect.</summary>
        public float[][] FirstViews { get; private set; } = [];

        /// <summary>What the second epoch's templates protect.</summary>
        public float[][] SecondViews { get; private set; } = [];

        /// <summary>The same, "protected" by a secret rotation only.</summary>
        public float[][] SecondRotated { get; private set; } = [];

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            await using var database = await TestDatabase.CreateAsync();
            ScreenEntry screen;
            await using (var db = database.Contexts.CreateDbContext()) (_, _, screen, _) = await Sample.AddSiteAsync(db);
            var clock = new SetClock(Sample.Noon);
            await using var facts = new Facts(database, clock);
            var random = new Random(7);
            var faces = Faces(random);
            FirstViews = [.. faces.Select(f => View(f, random))];
            SecondViews = [.. faces.Select(f => View(f, random))];
            int[] order = [.. Enumerable.Range(0, ViewLength)], signs = [.. order.Select(_ => random.Next(2) * 2 - 1)];
            random.Shuffle(order);
            SecondRotated = [.. SecondViews.Select(v => order.Select((from, to) => v[from] * signs[to]).ToArray())];
            First = await EnrolAsync(database, facts, screen, FirstViews, Sample.Noon, random);
            clock.Now = Sample.Noon.AddDays(SiteCalendar.EpochDays);
            Second = await EnrolAsync(database, facts, screen, SecondViews, clock.Now, random);
            (FirstBytes, SecondBytes) = (AsVectors(First), AsVectors(Second));
        }

        /// <inheritdoc/>
        public Task DisposeAsync() => Task.CompletedTask;

        private const int ViewLength = PresenceReport.EmbeddingLength;

        // Some faces resemble everyone more than others do, as real ones: that is what sorted distances can tell apart.
        private static float[][] Faces(Random random)
        {
            var common = Directed(random);
            return [.. Enumerable.Range(0, Persons).Select(_ =>
            {
                var (own, share) = (Directed(random), 0.5f * random.NextSingle());
                return own.Select((v, i) => v + share * common[i]).ToArray();
            })];
        }

        private static float[] View(float[] face, Random random)
        {
            var noise = Directed(random);
            return FaceTemplate.Read(Sample.View([.. face.Select((v, i) => v + 0.2f * noise[i])]))!;
        }

        private static float[] Directed(Random random) => FaceTemplate.Read(Sample.Face(random.Next()))!;

        private static async Task<IReadOnlyList<StolenRow>> EnrolAsync(
            TestDatabase database, Facts facts, ScreenEntry screen, float[][] views, DateTimeOffset from, Random random)
        {
            var persons = new Guid[Persons];
            int[] order = [.. Enumerable.Range(0, Persons)];
            random.Shuffle(order);
            List<(ScreenEntry, AudienceReport, Recognition)> items = [];
            foreach (var (person, second) in order.Select((p, s) => (p, s)))
            {
                var at = from.AddSeconds(second);
                var viewer = Sample.Viewer(Segment.Men2030, at, at.AddSeconds(3), inView: false, views: [Sample.View(views[person])]);
                var report = Sample.Report(Guid.NewGuid(), 1, at, viewer.To, AudienceState.Closed, viewer);
                var recognition = await facts.Recogniser.RecogniseAsync(screen, report);
                persons[person] = Assert.Single(recognition.NewPersons).Id;
                items.Add((screen, report, recognition));
            }
            await facts.Store.WriteAsync(items, default);
            await using var connection = await database.Source.OpenConnectionAsync();
            var stolen = (await connection.QueryAsync(
                "SELECT p.id, p.template, rank() OVER (ORDER BY p.first_seen_at) FROM persons p JOIN presences s ON s.person_id = p.id WHERE p.id = ANY ($1)", [persons],
                r => new StolenRow(r.GetGuid(0), r.GetFieldValue<byte[]>(1), r.GetInt64(2)), default)).ToDictionary(r => r.Id);
            return [.. persons.Select(p => stolen[p])];
        }

        private static float[][] AsVectors(IReadOnlyList<StolenRow> rows) =>
            [.. rows.Select(r => r.Template.Select(b => (b - 127.5f) / 74).ToArray())];
    }

    /// <summary>What the thief has of a person.</summary>
    /// <param name="Id">The person's identity in the epoch.</param>
    /// <param name="Template">The encrypted template.</param>
    /// <param name="Rank">Place in the order of first sightings.</param>
    public sealed record StolenRow(Guid Id, byte[] Template, long Rank);
}
