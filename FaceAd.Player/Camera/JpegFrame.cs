using System.Buffers;

namespace FaceAd.Player.Camera;

/// <summary>One JPEG in a rented buffer. Its last holder disposes it.</summary>
sealed class JpegFrame : IDisposable
{
    byte[]? _buffer;

    JpegFrame(byte[] buffer, int length, DateTimeOffset capturedAt)
    {
        _buffer = buffer;
        Length = length;
        CapturedAt = capturedAt;
    }

    /// <summary>Length of the JPEG in bytes.</summary>
    public int Length { get; }

    /// <summary>When its last byte arrived from the camera (player's clock).</summary>
    public DateTimeOffset CapturedAt { get; }

    /// <summary>Whether a sensor had just seen people leave when the frame was captured.</summary>
    public bool CabinEmptied { get; set; }

    /// <summary>The JPEG.</summary>
    public ReadOnlyMemory<byte> Memory => (_buffer ?? throw new ObjectDisposedException(nameof(JpegFrame))).AsMemory(0, Length);

    /// <summary>Copies a JPEG into a rented buffer.</summary>
    /// <param name="jpeg">The JPEG.</param>
    /// <param name="capturedAt">When it arrived.</param>
    /// <param name="tag">What is put after its first two bytes; the orientation, for whoever decodes it.</param>
    public static JpegFrame Copy(ReadOnlySpan<byte> jpeg, DateTimeOffset capturedAt, ReadOnlySpan<byte> tag = default)
    {
        var start = Math.Min(2, jpeg.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(jpeg.Length + tag.Length);
        jpeg[..start].CopyTo(buffer);
        tag.CopyTo(buffer.AsSpan(start));
        jpeg[start..].CopyTo(buffer.AsSpan(start + tag.Length));
        return new JpegFrame(buffer, jpeg.Length + tag.Length, capturedAt);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }
}
