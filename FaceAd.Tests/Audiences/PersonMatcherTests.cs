using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;

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
        Assert.Equal(_anna, matcher.Find([View(1, 0.8, 11), View(1, 0.8, 12)]));
        Assert.Equal(_bora, matcher.Find([View(2, 0.8, 13)]));
    }

    [Fact]
    public void Find_Stranger_IsNull() => Assert.Null(Matcher().Find([View(3), View(3, 0.5, 1)]));

    [Fact]
    public void Find_OneOfThreeViewsLooksLikeSomebody_IsNull() =>
        Assert.Null(Matcher().Find([View(1), View(3), View(3, 0.5, 1)]));

    [Fact]
    public void Find_ViewsDisagree_TheMajorityWins() =>
        Assert.Equal(_bora, Matcher().Find([View(1), View(2, 0.5, 1), View(2, 0.5, 2)]));

    [Fact]
    public void Find_JustBelowAndAboveTheThreshold_DecidesByIt()
    {
        var (x, y) = (new float[512], new float[512]);
        (x[0], y[1]) = (1, 1);
        float[] At(double cosine)
        {
            var view = new float[512];
            (view[0], view[1]) = ((float)cosine, (float)Math.Sqrt(1 - (cosine * cosine)));
            return view;
        }
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [x]);
        Assert.Null(matcher.Find([At(PersonMatcher.Threshold - 0.001)]));
        Assert.Equal(_anna, matcher.Find([At(PersonMatcher.Threshold + 0.001)]));
    }

    private PersonMatcher Matcher()
    {
        var matcher = new PersonMatcher();
        matcher.Add(_anna, [View(1), View(1, 0.3, 5)]);
        matcher.Add(_bora, [View(2)]);
        return matcher;
    }

    private static float[] View(int seed, double noise = 0, int noiseSeed = 0) => FaceTemplate.Read(Sample.Face(seed, noise, noiseSeed))!;
}
