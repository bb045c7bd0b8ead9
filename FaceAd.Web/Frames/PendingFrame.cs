using System.Buffers;
using System.Diagnostics;

namespace FaceAd.Web.Frames;

/// <summary>One JPEG on its way to analysis. Owns a pooled buffer; dispose it once.</summary>
sealed class PendingFrame : IDisposable
{
    private byte[]? _buffer;

    /// <summary>Copies a picture into a pooled buffer.</summary>
    /// <param name="screenId">Who sent it.</param>
    /// <param name="capturedAt">Capture time by the player's clock.</param>
    /// <param name="buffer">A buffer rented from the shared pool; owned from now on.</param>
    /// <param name="length">Bytes of it that are the JPEG.</param>
    public PendingFrame(Guid screenId, DateTimeOffset capturedAt, byte[] buffer, int length)
    {
        ScreenId = screenId;
        CapturedAt = capturedAt;
        _buffer = buffer;
        Length = length;
    }

    /// <summary>Who sent it.</summary>
    public Guid ScreenId { get; }

    /// <summary>Capture time by the player's clock.</summary>
    public DateTimeOffset CapturedAt { get; }

    /// <summary>Whether a sensor had just seen the people leave when it was captured.</summary>
    public bool CabinEmptied { get; init; }

    /// <summary>When it was taken in, and the trace of it.</summary>
    public (DateTimeOffset At, ActivityContext Trace) Received { get; init; }

    /// <summary>Length of the JPEG in bytes.</summary>
    public int Length { get; }

    public ReadOnlySpan<byte> Jpeg => _buffer.AsSpan(0, Length);

    /// <summary>Wipes the picture and gives the buffer back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }
}
