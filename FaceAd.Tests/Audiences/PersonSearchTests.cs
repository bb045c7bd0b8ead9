using FaceAd.Bench.Persons;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences.Persons;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Audiences;

/// <summary>The search in memory: rows, cosines, what a restart changes, and what is remembered for how long.</summary>
public sealed class PersonSearchTests
{
    private readonly DrawnFaces _faces = new(3);

    [Fact]
    public void Compare_AnyNumberOfViews_EqualsTheNaiveSumWhateverStandsBeside()
    {
        var views = Enumerable.Range(0, 9).Select(p => _faces.ViewsOf(p, 0, 1, 1)[0]).ToArray();
        foreach (var wide in new[] { true, false })
        {
            for (var count = 1; count <= views.Length; count++)
            {
                var cosines = new float[count];
                ViewCosine.Compare(views[0], views.Take(count).SelectMany(v => v).ToArray(), cosines, wide);
                for (var v = 0; v < count; v++)
                {
                    var alone = new float[1];
                    ViewCosine.Compare(views[0], views[v], alone, wide);
                    Assert.Equal(alone[0], cosines[v]); // the same bits
                    Assert.Equal(views[0].Zip(views[v], (a, b) => (double)a * b).Sum(), cosines[v], 1e-5);
                }
            }
        }
    }

    [Fact]
    public void FindNearest_RowsOfPersonsMixedAndOverManySlabs_EqualsTheNaiveSearch()
    {
        var rows = new ViewRows();
        var drawn = Enumerable.Range(0, 1100).Select(row => (Owner: row * 7 % 13, View: _faces.ViewsOf(row, 0, 1, 1)[0])).ToList();
        foreach (var (owner, view) in drawn) rows.Add(view, owner);
        var views = _faces.ViewsOf(5, 1, 3, 0.8);
        var nearest = new float[13 * 3];
        rows.FindNearest([.. views.SelectMany(v => v)], nearest);
        for (var owner = 0; owner < 13; owner++)
        {
            for (var v = 0; v < 3; v++) Assert.Equal(
                drawn.Where(r => r.Owner == owner).Max(r => ViewCosine.Of(r.View, views[v])), nearest[owner * 3 + v]);
        }
        Assert.All(Enumerable.Range(0, 1100), row => Assert.Equal(drawn[row].View, rows[row].ToArray()));
        Assert.Equal(1100 * 512, rows.Slabs.Sum(s => s.Length));
    }

    /// <summary>A server has thousands of sites, most of them with a few dozen people.</summary>
    [Fact]
    public void Add_FewPeople_TakesLittleMemory()
    {
        var view = _faces.ViewsOf(1, 0, 1, 1)[0];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var rows = new ViewRows();
        for (var row = 0; row < 16; row++) rows.Add(view, row);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, rows.Bytes, 2 * rows.Bytes);
    }

    [Fact]
    public void Find_AfterRestore_EqualsTheNaiveSearchAmongEverybody() => Prop.ForAll(Gen.Choose(1, 10_000).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var faces = new DrawnFaces(seed);
        var building = Enumerable.Range(0, random.Next(1, 30))
            .Select(p => (Id: Guid.NewGuid(), Views: faces.ViewsOf(p % 20, p, random.Next(1, 9), 1.1))).ToList();
        var matcher = new PersonMatcher();
        foreach (var (id, views) in building) matcher.Restore(id, views);
        var presence = faces.ViewsOf(random.Next(25), 999, random.Next(1, 6), 1.1);

        double Similarity(IReadOnlyCollection<float[]> views, float[][] known) =>
            views.Average(v => known.Max(k => v.Zip(k, (a, b) => (double)a * b).Sum()));
        ScoreNormalisation Of(IEnumerable<double> others)
        {
            var strangers = default(ScoreNormalisation);
            foreach (var other in others) strangers.Add(other);
            return strangers;
        }
        var newcomer = Of(building.Select(p => Similarity(presence, p.Views)));
        (Guid? expected, var score) = (null, PersonMatcher.Threshold);
        foreach (var (id, views) in building)
        {
            var similarity = Similarity(presence, views);
            var strangers = Of(building.Where(o => o.Id != id).Select(o => Similarity([.. o.Views.Take(2)], views)));
            var now = (newcomer.Deviations(similarity) + strangers.Deviations(similarity)) / 2;
            if (similarity >= PersonMatcher.LeastSimilarity && now >= score) (expected, score) = (id, now);
        }

        var found = matcher.Find(presence);
        Assert.Equal(expected, found?.Person);
        if (found is { } match) Assert.Equal(score, match.Score, 1e-3);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Find_RestoredFromASampleOfStrangers_JudgesNearlyAsFromAll()
    {
        var (all, some) = (new PersonMatcher(1_000), new PersonMatcher(200));
        for (var p = 0; p < 800; p++)
        {
            var (id, views) = (Guid.NewGuid(), _faces.ViewsOf(p, 0, 2, 1));
            all.Restore(id, views);
            some.Restore(id, views);
        }
        for (var p = 0; p < 40; p++)
        {
            var presence = _faces.ViewsOf(p, 1, 2, 1);
            var (exact, estimated) = (all.Find(presence)!.Value, some.Find(presence)!.Value);
            Assert.Equal(exact.Person, estimated.Person);
            Assert.InRange(estimated.Score / exact.Score, 0.85, 1.15);
        }
    }

    [Fact]
    public void Find_ReadBackFromProtectedTemplates_LosesLessThanHalfAPoint()
    {
        const int Persons = 500, Rides = 2_000;
        var cipher = new TemplateCipher(new byte[32]);
        var (memory, restored) = (new PersonMatcher(), new PersonMatcher());
        var ids = Enumerable.Range(0, Persons).Select(_ => Guid.NewGuid()).ToArray();
        for (var p = 0; p < Persons; p++)
        {
            var views = _faces.ViewsOf(p, 0, 2, 1.25);
            memory.Add(ids[p], views);
            restored.Restore(ids[p], FaceTemplate.Unpack(cipher.Unprotect(ids[p], cipher.Protect(ids[p], FaceTemplate.Pack(views)))));
        }
        var (plain, secret) = (0, 0);
        for (var ride = 0; ride < Rides; ride++)
        {
            var person = ride % (2 * Persons);
            var presence = _faces.ViewsOf(person, ride + 1, 2, 1.25);
            Guid? truth = person < Persons ? ids[person] : null;
            if (memory.Find(presence)?.Person == truth) plain++;
            if (restored.Find(presence)?.Person == truth) secret++;
        }
        Assert.InRange(plain, 0.7 * Rides, 0.99 * Rides); // hard enough to tell
        Assert.InRange((double)(plain - secret) / Rides, -0.005, 0.005);
    }

    [Fact]
    public void Wipe_Matcher_LeavesNoValueInMemory()
    {
        var matcher = new PersonMatcher();
        matcher.Add(Guid.NewGuid(), _faces.ViewsOf(1, 0, 2, 1));
        var slab = Assert.Single(matcher.Rows.Slabs);
        matcher.Wipe();
        Assert.All(slab.ToArray(), value => Assert.Equal(0, value));
        Assert.Equal(0, matcher.Count);
        Assert.Null(matcher.Find(_faces.ViewsOf(1, 0, 2, 1)));
    }

    [Fact]
    public void Recognise_PresencesAndAudiencesWithoutEnd_MemoryIsBounded()
    {
        var (register, screen) = (new PersonRegister(), Guid.NewGuid());
        AudienceReport Report(AudienceState state, Guid presence, params byte[][] views) => Sample.Report(
            Guid.NewGuid(), 1, Sample.Noon, Sample.Noon.AddSeconds(3), state,
            Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(3), id: presence, views: views));
        var waiting = Guid.NewGuid();
        for (var i = 0; i < 5_000; i++)
        {
            register.Recognise(screen, Report(AudienceState.Open, Guid.NewGuid()));
            register.Recognise(screen, Report(AudienceState.Closed, Guid.NewGuid()));
            if (i == 4_900) register.Recognise(screen, Report(AudienceState.Open, waiting, Sample.Face(1)));
        }
        Assert.InRange(register.Presences, 1_000, 2_000);
        Assert.InRange(register.Ended, 1_000, 2_000);
        // A presence that is still reported on keeps its first view.
        Assert.Single(register.Recognise(screen, Report(AudienceState.Open, waiting, Sample.Face(1))).PersonOf);
    }
}
