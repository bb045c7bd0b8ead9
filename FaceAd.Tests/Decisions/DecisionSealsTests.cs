using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using Microsoft.AspNetCore.DataProtection;

namespace FaceAd.Tests.Decisions;

/// <summary>The identity of a decision tells every node what it was taken for, and nobody else can make one.</summary>
public sealed class DecisionSealsTests : IAsyncLifetime
{
    private readonly EphemeralDataProtectionProvider _ring = new();
    private readonly Guid _screen = Guid.NewGuid();
    private readonly Guid _creative = Guid.NewGuid();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task TimeOf_DecisionOfAnotherNode_IsKnownForItsScreenAndCreativeAlone()
    {
        var (one, two) = (await StartAsync(_ring), await StartAsync(_ring));
        var at = Sample.Noon.AddMilliseconds(123);
        var id = one.Make(_screen, _creative, at);
        Assert.Equal((7, at), (id.Version, two.TimeOf(id, _screen, _creative)));
        Assert.Null(two.TimeOf(id, Guid.NewGuid(), _creative));
        Assert.Null(two.TimeOf(id, _screen, Guid.NewGuid()));
        Assert.Null(two.TimeOf(one.Make(_screen, null, at), _screen, _creative));
        Assert.Null(two.TimeOf(Guid.CreateVersion7(at), _screen, _creative));
    }

    [Fact]
    public async Task TimeOf_AnyBitChanged_IsNoDecision()
    {
        var seals = await StartAsync(_ring);
        var id = seals.Make(_screen, _creative, Sample.Noon).ToByteArray(bigEndian: true);
        for (var bit = 0; bit < 128; bit++)
        {
            var changed = id.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(seals.TimeOf(new Guid(changed, bigEndian: true), _screen, _creative));
        }
    }

    [Fact]
    public async Task Make_ManyInOneMillisecond_AreAllDifferentAndRiseWithTime()
    {
        var seals = await StartAsync(_ring);
        var ids = Enumerable.Range(0, 4096).Select(_ => seals.Make(_screen, _creative, Sample.Noon)).ToHashSet();
        Assert.Equal(4096, ids.Count);
        var later = seals.Make(_screen, _creative, Sample.Noon.AddMilliseconds(1)).ToString();
        Assert.All(ids, id => Assert.True(string.CompareOrdinal(id.ToString(), later) < 0));
    }

    [Fact]
    public async Task StartAsync_TheKeyRingIsLost_ANewKeyIsUsedAndKept()
    {
        var before = (await StartAsync(_ring)).Make(_screen, _creative, Sample.Noon);
        var other = new EphemeralDataProtectionProvider();
        var seals = await StartAsync(other);
        Assert.Null(seals.TimeOf(before, _screen, _creative));
        var after = seals.Make(_screen, _creative, Sample.Noon);
        Assert.Equal(Sample.Noon, (await StartAsync(other)).TimeOf(after, _screen, _creative));
    }

    [Fact]
    public async Task StartAsync_AnotherNodeLivesAndHasAnotherKeyRing_RefusesAndLeavesItsKey()
    {
        await StartAsync(_ring);
        await using var node = await _database.Source.OpenConnectionAsync();
        var tenure = new NodeTenure(TimeProvider.System);
        Assert.True(await tenure.EnterAsync(node, new Uri("http://10.0.0.5:5080/"), true, default));
        var other = new EphemeralDataProtectionProvider();
        var refused = await Assert.ThrowsAsync<StartException>(() => StartAsync(other));
        Assert.Contains("http://10.0.0.5:5080/ uses it", refused.Message, StringComparison.Ordinal);
        await StartAsync(_ring); // its key is still there

        await tenure.LeaveAsync(node);
        await StartAsync(other);
    }

    private async Task<DecisionSeals> StartAsync(IDataProtectionProvider ring)
    {
        var seals = Facts.NewSeals(_database.Source, ring);
        await seals.StartAsync(default);
        return seals;
    }
}
