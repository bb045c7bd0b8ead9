using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Creatives;

/// <summary>Disks that are full, or can only be read.</summary>
public sealed class StorageCheckTests(IdleQueueFixture app) : IClassFixture<IdleQueueFixture>
{
    [Fact]
    public async Task Readyz_DiskIsAlmostFull_IsDegradedAndUploadsWaitForRoom()
    {
        var options = app.Services.GetRequiredService<IOptions<MediaOptions>>().Value;
        var usual = options.LeastFreeBytes;
        var campaign = await app.AddCampaignAsync(app.First);
        using var sender = await Sender.SignInAsync(app, PeopleFixture.One);
        var upload = await sender.BeginAsync(campaign.Id, 4, "a.mp4");
        using (var first = await sender.AppendAsync(upload, 0, [1, 2])) Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await ReadyzAsync("Healthy"));

        options.LeastFreeBytes = long.MaxValue; // no disk has so much
        try
        {
            var (status, text) = await ReadyzAsync("Degraded");
            Assert.Equal(HttpStatusCode.OK, status); // it serves on
            Assert.StartsWith("Degraded\nThe disk of the data folder has ", text, StringComparison.Ordinal);
            Assert.Contains("Media:LeastFreeBytes", text, StringComparison.Ordinal);
            Assert.DoesNotContain(app.Folder, text, StringComparison.Ordinal);
            using var begun = await sender.TryBeginAsync(campaign.Id, 4, "b.mp4");
            using var appended = await sender.AppendAsync(upload, 2, [3, 4]);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, begun.StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, appended.StatusCode);
        }
        finally
        {
            options.LeastFreeBytes = usual;
        }

        // What had arrived is still there.
        using (var rest = await sender.AppendAsync(upload, 2, [3, 4])) Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await ReadyzAsync("Healthy"));
    }

    [Fact]
    public async Task Readyz_MediaFolderIsReadOnly_IsNotReady()
    {
        var media = Path.Combine(app.Folder, "media");
        Directory.Move(media, media + ".aside");
        Directory.CreateSymbolicLink(media, "/sys"); // nobody may write there, not even root
        try
        {
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, "Unhealthy\nThe media folder cannot be written to."), await ReadyzAsync("Unhealthy"));
        }
        finally
        {
            Directory.Delete(media);
            Directory.Move(media + ".aside", media);
        }
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await ReadyzAsync("Healthy"));
    }

    // An answer is good for a second.
    private async Task<(HttpStatusCode Status, string Text)> ReadyzAsync(string word)
    {
        using var client = app.NewClient();
        var (status, text) = (default(HttpStatusCode), "");
        await Wait.UntilAsync(async () =>
        {
            using var answer = await client.GetAsync("readyz");
            (status, text) = (answer.StatusCode, await answer.Content.ReadAsStringAsync());
            return text.StartsWith(word, StringComparison.Ordinal);
        }, $"it is {word}");
        return (status, text);
    }
}
