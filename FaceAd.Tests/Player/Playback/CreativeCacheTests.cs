using FaceAd.Player;
using FaceAd.Player.Playback;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Player.Playback;

public sealed class CreativeCacheTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-cache-").FullName;
    readonly byte[] _content = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
    ScreenServer _server = null!;
    ServiceProvider _services = null!;

    HttpClient Client => _services.GetRequiredService<IHttpClientFactory>().CreateClient("server");

    public async Task InitializeAsync()
    {
        _server = await ScreenServer.StartAsync();
        _services = OutboxTests.Clients(_server);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Fetch_RightFile_IsKeptAlsoForTheNextProcess()
    {
        var creative = _server.AddCreative("ad", _content, 5);
        await new CreativeCache(_folder).FetchAsync(creative, Client, default);
        var next = new CreativeCache(_folder);
        Assert.True(await next.IsIntactAsync(creative, default));
        Assert.Equal(_content, await File.ReadAllBytesAsync(next.PathOf(creative.Sha256)));
    }

    [Fact]
    public async Task Fetch_OtherBytesShorterLongerOrMissing_KeepsNothing()
    {
        var changed = _content.ToArray();
        changed[1234] ^= 1;
        var cache = new CreativeCache(_folder);
        foreach (var served in (byte[][])[changed, _content[..^1], [.. _content, 0], []])
        {
            var creative = _server.AddCreative("ad", _content, 5, served);
            await Assert.ThrowsAsync<CreativeException>(() => cache.FetchAsync(creative, Client, default));
            Assert.False(await cache.IsIntactAsync(creative, default));
        }
        var unknown = _server.AddCreative("ad", _content, 5) with { Sha256 = new string('0', 64) };
        await Assert.ThrowsAsync<CreativeException>(() => cache.FetchAsync(unknown, Client, default));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Fetch_DownloadStalls_IsGivenUpAndComesWhenTheServerRecovers()
    {
        var creative = _server.AddCreative("ad", _content, 5);
        await using var proxy = new SilentProxy(_server.Address);
        await using var services = OutboxTests.Clients(proxy.Address);
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient(ServerClient.Name);
        var cache = new CreativeCache(_folder, stallLimit: TimeSpan.FromSeconds(1));
        proxy.FallSilent(_ => Answered.HeadAndAByte);
        var failed = await Assert.ThrowsAsync<CreativeException>(() => cache.FetchAsync(creative, client, default));
        Assert.Contains("stalled", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));

        proxy.Recover();
        await cache.FetchAsync(creative, client, default);
        Assert.True(await cache.IsIntactAsync(creative, default));
    }

    [Fact]
    public async Task Fetch_SlowButMoving_IsKept()
    {
        var creative = _server.AddCreative("ad", _content, 5);
        _server.Pace = (_content.Length / 12, TimeSpan.FromSeconds(0.25)); // three seconds, with a stall limit of two
        var cache = new CreativeCache(_folder, stallLimit: TimeSpan.FromSeconds(2));
        await cache.FetchAsync(creative, Client, default);
        Assert.True(await cache.IsIntactAsync(creative, default));
    }

    [Fact]
    public async Task Fetch_TrickleWithoutEnd_IsGivenUp()
    {
        var creative = _server.AddCreative("ad", _content[..2000], 5);
        _server.Pace = (1, TimeSpan.FromSeconds(0.1)); // more than three minutes
        var cache = new CreativeCache(_folder, stallLimit: TimeSpan.FromSeconds(2));
        var failed = await Assert.ThrowsAsync<CreativeException>(() => cache.FetchAsync(creative, Client, default));
        Assert.Contains("too slow", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Has_FileDamagedOnDisk_RemovesItByItsLengthOrOnceChecked()
    {
        var creative = _server.AddCreative("ad", _content, 5);
        var cache = new CreativeCache(_folder);
        await File.WriteAllBytesAsync(cache.PathOf(creative.Sha256), _content[..1000]);
        Assert.False(cache.Has(creative));
        Assert.Empty(Directory.GetFiles(_folder));

        var changed = _content.ToArray();
        changed[1234] ^= 1;
        await File.WriteAllBytesAsync(cache.PathOf(creative.Sha256), changed);
        Assert.True(cache.Has(creative)); // to be shown meanwhile
        Assert.False(await cache.IsIntactAsync(creative, default));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Start_ACreativeWasDamagedOnDisk_IsReadyAtOnceAndDownloadedAgain()
    {
        var creative = _server.AddCreative("ad", _content, 5);
        var cached = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "cache")).FullName, creative.Sha256 + ".mp4");
        await File.WriteAllBytesAsync(cached, new byte[_content.Length]);
        _server.Programme = ScreenServer.ProgrammeOf([creative], [creative.CreativeId]);
        await using var player = PlayerHost.Build(PlayerSettings.Read(
            ["--server", _server.Address.ToString(), "--data", _folder, "--port", "0", "--browser", "none"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = ScreenServer.Token }));
        await player.StartAsync();
        await Wait.UntilAsync(() => Read(cached).AsSpan().SequenceEqual(_content), "the file is as it should be");
        await player.StopAsync();
    }

    static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return []; // between its removal and its download
        }
    }

    [Fact]
    public async Task Has_FileOfABadDisk_IsMissingAndFetchedAgain()
    {
        var creative = _server.AddCreative("ad", _content, 5);
        var cache = new CreativeCache(_folder);
        File.CreateSymbolicLink(cache.PathOf(creative.Sha256), "/proc/self/mem"); // it opens, and its first byte cannot be read
        Assert.False(await cache.IsIntactAsync(creative, default));
        await cache.FetchAsync(creative, Client, default);
        Assert.True(await new CreativeCache(_folder).IsIntactAsync(creative, default));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("ABCDEF0000000000000000000000000000000000000000000000000000000000")]
    public void PathOf_NotAHash_Throws(string hash) => Assert.Throws<CreativeException>(() => new CreativeCache(_folder).PathOf(hash));

    [Fact]
    public async Task RemoveAllBut_StaleCreative_LeavesTheKeptOnly()
    {
        var (kept, stale) = (_server.AddCreative("kept", _content, 5), _server.AddCreative("stale", _content[..500], 5));
        var cache = new CreativeCache(_folder);
        await cache.FetchAsync(kept, Client, default);
        await cache.FetchAsync(stale, Client, default);
        Assert.Equal(1, cache.RemoveAllBut(new HashSet<string> { kept.Sha256 }));
        Assert.True(await cache.IsIntactAsync(kept, default));
        Assert.False(await cache.IsIntactAsync(stale, default));
    }
}
