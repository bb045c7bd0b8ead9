using System.Numerics.Tensors;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences.Persons;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Audiences;

public sealed class PersonMatcherTests
{
    private readonly Guid _anna = Guid.NewGuid();
    private readonly Guid _bora = Guid.NewGuid();

    [Fact]
    public void Find_NobodyKnown_IsNull() => Assert.Null(new PersonMatcher().Find([View(1)]));

    [Fact]
    public void Find_NoisyViewsOfAKnownPerson_IsThatPerson()
    {
        var matcher = Matcher();
        Assert.Equal(_anna, matcher.Find([View(1, 0.8, 11), View(1, 0.8, 12)])?.Person);
        Assert.Equal(_bora, matcher.Find([View(2, 0.8, 13)])?.Person);
    }

    [Fact]
    public void Find_Stranger_IsNull() => Assert.Null(Matcher().Find([View(3), View(3, 0.5, 1)]));

    [Fact]
    public void Find_OneOfThreeViewsLooksLikeSomebody_IsNull() => Assert.Null(Matcher().Find([View(1), View(3), View(3, 0.5, 1)]));

    [Fact]
    public void Find_MostViewsLookLikeSomebody_IsThatPerson() =>
        Assert.Equal(_bora, Matcher().Find([View(1), View(2, 0.5, 1), View(2, 0.5, 2)])?.Person);

    [Fact]
    public void Find_FirstPersonOfABuilding_IsJudgedByWhatIsAssumedOfStrangers()
    {
        // Mean .02, deviation .11: 4.3 deviations are a cosine of .493.
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [At(0)]);
        Assert.Null(matcher.Find([At(Math.Acos(0.48))]));
        Assert.Equal(_anna, matcher.Find([At(Math.Acos(0.51))])?.Person);
    }

    [Fact]
    public void Find_BuildingWhoseStrangersResembleEachOther_AsksForMore()
    {
        // The same two views, a cosine of .53, among people unlike each other, and among people who share some of what the two share.
        var (anna, view) = (Blend((500, 1), (99, 0.6)), Blend((500, 0.4), (501, 1), (99, 0.6)));
        PersonMatcher Building(double shared)
        {
            var matcher = new PersonMatcher();
            for (var person = 1; person <= 60; person++) matcher.Add(Guid.NewGuid(), [Blend((100 + person, 1), (99, shared))]);
            matcher.Add(_anna, [anna]);
            return matcher;
        }

        Assert.Equal(_anna, Building(0).Find([view])?.Person);
        Assert.Null(Building(0.6).Find([view]));
    }

    [Fact]
    public void Find_TwoPersonsReachTheThreshold_TheNearerWinsAndIsNotAlone()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [At(0)]);
        matcher.Add(_bora, [At(0.9)]);
        var match = matcher.Find([At(0.4)])!.Value;
        Assert.Equal((_anna, false), (match.Person, match.Alone));
        Assert.True(matcher.Find([At(-0.4)])!.Value.Alone);
    }

    [Fact]
    public void Learn_ClearPresence_KeepsWhatIsNewAndRecognisesByIt()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [At(0)]);
        Assert.Null(matcher.Find([At(1.6)]));

        Assert.True(matcher.Learn(_anna, [At(0.1), At(0.8)])); // the first shows nothing new

        Assert.Equal([At(0), At(0.8)], matcher.ViewsOf(_anna));
        Assert.Equal(_anna, matcher.Find([At(1.6)])?.Person);
    }

    [Fact]
    public void Learn_DoubtfulPresence_ChangesNothing()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [At(0)]);
        var view = At(Math.Acos(0.52));
        Assert.InRange(matcher.Find([view])!.Value.Score, PersonMatcher.Threshold, PersonMatcher.Threshold + PersonMatcher.Clearly);

        Assert.False(matcher.Learn(_anna, [view]));
        Assert.False(matcher.Learn(_bora, [At(0.8)])); // a person that is not known

        Assert.Single(matcher.ViewsOf(_anna));
    }

    [Fact]
    public void Learn_PresenceThatMatchesTwoPersons_ChangesNothing()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [At(0)]);
        matcher.Add(_bora, [At(1.4)]);
        Assert.False(matcher.Learn(_anna, [At(0.6)]));
    }

    [Fact]
    public void Learn_ManyPresences_KeepsAtMostEightViews()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [View(1)]);
        for (var presence = 0; presence < 20; presence++) matcher.Learn(
            _anna, [View(1, 0.8, 2 * presence), View(1, 0.8, 2 * presence + 1)]);
        Assert.Equal(PersonMatcher.MaxViews, matcher.ViewsOf(_anna).Count);
    }

    [Fact]
    public void Find_AnyBuilding_EqualsTheNaiveSearchWhateverTheOrderOfViews() => Check((building, presence) =>
    {
        var (matcher, reversed) = (new PersonMatcher(), new PersonMatcher());
        foreach (var (person, views) in building)
        {
            matcher.Add(person, views);
            reversed.Add(person, [.. views.Reverse()]);
        }
        var (expected, score) = NaiveFind(building, presence);
        var (found, backwards) = (matcher.Find(presence), reversed.Find([.. presence.Reverse()]));
        Assert.Equal(expected, found?.Person);
        Assert.Equal(found?.Person, backwards?.Person);
        if (expected is not null) Assert.Equal(score, found!.Value.Score, tolerance: 1e-3);
        if (expected is not null) Assert.Equal(score, backwards!.Value.Score, tolerance: 1e-3);
    });

    [Fact]
    public void Learn_AnyPresence_TakesNoFarViewAndNothingTwice() => Check((building, presence) =>
    {
        for (var i = 0; i < building.Count; i++)
        {
            var (person, before) = building[i];
            var (once, twice) = (new PersonMatcher(), new PersonMatcher());
            foreach (var (id, views) in building)
            {
                once.Add(id, views);
                twice.Add(id, views);
            }
            Assert.Equal(once.Learn(person, presence), twice.Learn(person, [.. presence.Reverse(), .. presence]));

            var after = once.ViewsOf(person);
            Assert.Equal(after, twice.ViewsOf(person));
            Assert.Equal(before, after.Take(before.Length));
            Assert.True(after.Count <= PersonMatcher.MaxViews);
            for (var v = before.Length; v < after.Count; v++)
            {
                var nearest = after.Take(v).Max(known => TensorPrimitives.Dot<float>(known, after[v]));
                Assert.InRange(nearest, (float)PersonMatcher.LeastSimilarity, (float)PersonMatcher.Novel);
            }
            Assert.All(after.ToList(), kept => Assert.False(once.Learn(person, [kept])));
        }
    });

    /// <summary>By its definition, with every similarity computed anew.</summary>
    private static (Guid? Person, double Score) NaiveFind(IReadOnlyList<(Guid Person, float[][] Views)> building, float[][] presence)
    {
        double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
        double Similarity(IEnumerable<float[]> views, float[][] known) => views.Average(v => known.Max(k => Cosine(v, k)));
        double Deviations(double similarity, IEnumerable<double> others)
        {
            var kept = others.Where(o => o < 0.4).ToList();
            var weight = kept.Count + 30.0;
            var mean = (kept.Sum() + 30 * 0.02) / weight;
            return (similarity - mean) / Math.Sqrt((kept.Sum(k => k * k) + 30 * (0.11 * 0.11 + 0.02 * 0.02)) / weight - mean * mean);
        }
        var now = building.Select(p => Similarity(presence, p.Views)).ToList();
        (Guid?, double) best = (null, 4.3);
        for (var i = 0; i < building.Count; i++)
        {
            // Of two people, the later one was compared with the earlier one when it was added.
            var others = building.Select((p, j) =>
                j < i ? Similarity(building[i].Views.Take(2), p.Views) : Similarity(p.Views.Take(2), building[i].Views));
            var score = (Deviations(now[i], now) + Deviations(now[i], others.Where((_, j) => j != i))) / 2;
            if (now[i] >= 0.38 && score >= best.Item2) best = (building[i].Person, score);
        }
        return best;
    }

    private static void Check(Action<IReadOnlyList<(Guid Person, float[][] Views)>, float[][]> holds)
    {
        // Views of few faces, blended with each other and with noise, so that near, doubtful and far ones all occur.
        var view = from first in Gen.Choose(1, 5)
                   from second in Gen.Choose(1, 5)
                   from share in Gen.Choose(0, 10)
                   from noise in Gen.Choose(1, 1000)
                   select Blend((first, 1), (second, share / 10.0), (noise + 10_000, 0.7));
        var views = from count in Gen.Choose(1, 2) from array in Gen.ArrayOf(view, count) select array;
        var input = from count in Gen.Choose(0, 6)
                    from building in Gen.ArrayOf(views, count)
                    from length in Gen.Choose(1, 5)
                    from presence in Gen.ArrayOf(view, length)
                    select (Building: building.Select(v => (Guid.NewGuid(), v)).ToList(), Presence: presence);
        Prop.ForAll(input.ToArbitrary(), x => holds(x.Building, x.Presence)).QuickCheckThrowOnFailure();
    }

    private PersonMatcher Matcher()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [View(1), View(1, 0.3, 5)]);
        matcher.Add(_bora, [View(2)]);
        return matcher;
    }

    /// <summary>A view in a fixed plane, at an angle in radians.</summary>
    private static float[] At(double angle)
    {
        var view = new float[512];
        (view[0], view[1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        return view;
    }

    private static float[] Blend(params (int Seed, double Share)[] parts)
    {
        var sum = new float[512];
        foreach (var (seed, share) in parts)
        {
            var part = View(seed);
            for (var i = 0; i < sum.Length; i++) sum[i] += (float)share * part[i];
        }
        TensorPrimitives.Divide(sum, TensorPrimitives.Norm<float>(sum), sum);
        return sum;
    }

    private static float[] View(int seed, double noise = 0, int noiseSeed = 0) => FaceTemplate.Read(Sample.Face(seed, noise, noiseSeed))!;
}
