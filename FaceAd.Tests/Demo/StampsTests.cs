using FaceAd.Demo;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Demo;

public sealed class StampsTests
{
    readonly string _folder = TestFolders.New("stamps");

    [Fact]
    public async Task IsFresh_FileOfTheseSources_WhileItIsThere()
    {
        var file = Path.Combine(_folder, "video.mp4");
        await File.WriteAllTextAsync(file, "");
        Assert.False(new Stamps(_folder).IsFresh("video.mp4"));
        new Stamps(_folder).Set("video.mp4");
        Assert.True(new Stamps(_folder).IsFresh("video.mp4"));
        File.Delete(file);
        Assert.False(new Stamps(_folder).IsFresh("video.mp4"));
    }

    [Fact]
    public async Task IsFresh_FileOfOtherSources_IsNot()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "video.mp4"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "made-by.json"), """{"video.mp4":"01a222ee-6131-4969-abd1-96bf3683f59b"}""");
        Assert.False(new Stamps(_folder).IsFresh("video.mp4"));
    }

    // What is not embedded could change without a creative being drawn anew.
    [Fact]
    public void Sources_ThatDraw_AreEmbedded() =>
        Assert.Superset(
            new HashSet<string> { "DemoVideo.cs", "Stage.cs", "CabinFootage.cs", "CabinScript.cs", "Video.cs", "screen-1.json",
                "screen-2.json" },
            typeof(Stamps).Assembly.GetManifestResourceNames().ToHashSet());
}
