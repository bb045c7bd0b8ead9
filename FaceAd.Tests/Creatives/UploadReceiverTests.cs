using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Creatives;

public sealed class UploadReceiverTests
{
    private readonly UploadFolder _folder = new(new DataFolder(TestFolders.New("receiver")), Options.Create(new MediaOptions()));

    [Fact]
    public void Append_CutAnywhereAnyNumberOfTimes_TheWholeArrivesByteForByte()
    {
        var cuts = Gen.ListOf(Gen.Choose(0, 60_000)).ToArbitrary();
        Prop.ForAll(cuts, cutAt =>
        {
            var whole = new byte[200_000];
            new Random(cutAt.Count).NextBytes(whole);
            var (upload, receiver) = (New(), new UploadReceiver(_folder));
            foreach (var cut in cutAt)
            {
                var arrived = (int)_folder.Arrived(upload)!.Value;
                receiver.AppendAsync(upload, arrived, whole.Length, new BreakingStream(whole.AsMemory(arrived), cut), default)
                    .GetAwaiter().GetResult();
            }
            var stands = (int)_folder.Arrived(upload)!.Value;
            receiver.AppendAsync(upload, stands, whole.Length, new MemoryStream(whole[stands..]), default).GetAwaiter().GetResult();
            return stands == Math.Min(whole.Length, cutAt.Sum()) && File.ReadAllBytes(_folder.PartOf(upload)).AsSpan().SequenceEqual(whole);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public async Task Append_WhileAnOldConnectionHangs_TheNewOneWins()
    {
        var (upload, receiver) = (New(), new UploadReceiver(_folder));
        using var hanging = new HangingStream([1, 2, 3]);
        var old = receiver.AppendAsync(upload, 0, 10, hanging, default);
        await hanging.Waiting;
        Assert.True(await receiver.SettleAsync(upload));
        Assert.Equal((Receipt.Taken, 3L), await old);
        Assert.Equal((Receipt.Taken, 10L), await receiver.AppendAsync(upload, 3, 10, new MemoryStream([4, 5, 6, 7, 8, 9, 10]), default));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], await File.ReadAllBytesAsync(_folder.PartOf(upload)));
    }

    [Fact]
    public async Task Append_AtAnotherOffsetOrBeyondTheEnd_ChangesNothingThatWasThere()
    {
        var (upload, receiver) = (New(), new UploadReceiver(_folder));
        await receiver.AppendAsync(upload, 0, 10, new MemoryStream([1, 2, 3]), default);
        Assert.Equal((Receipt.Elsewhere, 3L), await receiver.AppendAsync(upload, 2, 10, new MemoryStream([9]), default));
        Assert.Equal((Receipt.Elsewhere, 3L), await receiver.AppendAsync(upload, 4, 10, new MemoryStream([9]), default));
        Assert.Equal((Receipt.TooLong, 3L), await receiver.AppendAsync(upload, 3, 10, new MemoryStream(new byte[8]), default));
        Assert.Equal(Receipt.Gone, (await receiver.AppendAsync(Guid.NewGuid(), 0, 10, new MemoryStream([9]), default)).Receipt);
    }

    [Theory]
    [InlineData("campaign YWJj,filename Li4vdmlkZW8ubXA0", "../video.mp4")]
    [InlineData("filename", "")]
    [InlineData("", null)]
    public void Metadata_PairsOfBase64_AreRead(string header, string? filename) =>
        Assert.Equal(filename, UploadEndpoints.Metadata(header)!.GetValueOrDefault("filename"));

    [Theory]
    [InlineData("filename not*base64")]
    [InlineData("a b c")]
    public void Metadata_AnythingElse_IsNone(string header) => Assert.Null(UploadEndpoints.Metadata(header));

    private Guid New()
    {
        var upload = Guid.NewGuid();
        File.Create(_folder.PartOf(upload)).Dispose();
        return upload;
    }

    /// <summary>A connection that breaks after so many bytes.</summary>
    private sealed class BreakingStream(ReadOnlyMemory<byte> content, int after) : MemoryStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_at == after) throw new IOException("The connection was cut.");
            var count = Math.Min(Math.Min(buffer.Length, 7_000), Math.Min(after, content.Length) - _at);
            content.Slice(_at, count).CopyTo(buffer);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }

    /// <summary>A connection that brings something and then neither more nor an end.</summary>
    private sealed class HangingStream(byte[] content) : MemoryStream
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _brought;

        public Task Waiting => _waiting.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_brought)
            {
                _waiting.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            _brought = true;
            content.CopyTo(buffer);
            return content.Length;
        }
    }
}
