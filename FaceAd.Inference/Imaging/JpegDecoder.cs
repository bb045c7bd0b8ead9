using System.Runtime.InteropServices;

namespace FaceAd.Inference.Imaging;

/// <summary>
/// Decodes JPEG with libturbojpeg. Limits are checked against the header before any pixel is decoded, and a picture with a damaged
/// or truncated body is rejected. A picture whose EXIF says so is turned. Holds native memory; one per worker: not thread-safe. Allocates
/// nothing per picture unless it throws.
/// </summary>
public sealed unsafe class JpegDecoder : IDisposable
{
    readonly JpegLimits _limits;
    readonly PixelBuffer _stored = new(); // of a picture that is turned afterwards
    nint _handle;

    /// <summary>Creates a decoder.</summary>
    /// <param name="limits"><see cref="JpegLimits.Default"/> when null.</param>
    /// <exception cref="DllNotFoundException">libturbojpeg is not installed (Debian package libturbojpeg0).</exception>
    public JpegDecoder(JpegLimits? limits = null)
    {
        _limits = limits ?? JpegLimits.Default;
        _handle = Create();
    }

    /// <summary>Frees the native memory of a decoder that was not disposed.</summary>
    ~JpegDecoder() => Free();

    /// <summary>Reads and checks the header only.</summary>
    /// <param name="jpeg">The file.</param>
    /// <returns>Size of the picture.</returns>
    /// <exception cref="InvalidFrameException">Not a JPEG, or beyond the limits.</exception>
    public JpegHeader ReadHeader(ReadOnlySpan<byte> jpeg)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        if (jpeg.IsEmpty) throw new InvalidFrameException("The picture is empty.");
        if (jpeg.Length > _limits.MaxBytes)
            throw new InvalidFrameException($"The picture has {jpeg.Length} bytes; at most {_limits.MaxBytes} are allowed.");
        if (jpeg.Length < 4 || jpeg[0] != 0xFF || jpeg[1] != 0xD8) throw new InvalidFrameException("The picture is not a JPEG.");
        int width, height, failed;
        fixed (byte* data = jpeg)
            failed = TurboJpeg.DecompressHeader(_handle, data, new CULong((nuint)jpeg.Length), out width, out height, out _, out _);
        if (failed != 0) throw new InvalidFrameException($"The JPEG header cannot be read: {TakeError()}.");
        if (width < 1 || height < 1) throw new InvalidFrameException("The JPEG has no size.");
        if (width > _limits.MaxSide || height > _limits.MaxSide || (long)width * height > _limits.MaxPixels)
        {
            throw new InvalidFrameException(
                $"The JPEG measures {width} x {height}; at most {_limits.MaxSide} per side and {_limits.MaxPixels} pixels are allowed.");
        }
        return new JpegHeader(width, height);
    }

    /// <summary>
    /// Decodes to RGB. The picture is scaled down while decoding, by the smallest of 1/8, 2/8 .. 8/8 that leaves its longer side at
    /// least <paramref name="minLongerSide"/> pixels. It is never enlarged.
    /// </summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="into">Receives the pixels; resized.</param>
    /// <param name="minLongerSide">Minimum longer side in pixels; full size when omitted.</param>
    /// <returns>Size of the full picture, before scaling.</returns>
    /// <exception cref="InvalidFrameException">Not a JPEG, damaged, or beyond the limits.</exception>
    public JpegHeader DecodeRgb(ReadOnlySpan<byte> jpeg, PixelBuffer into, int minLongerSide = int.MaxValue) =>
        Decode(jpeg, into, minLongerSide, 3, TurboJpeg.PixelFormatRgb, TurboJpeg.FlagLimitScans);

    /// <summary>Decodes luma only, the cheapest input for motion detection. Scales as <see cref="DecodeRgb"/> does.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="into">Receives the pixels; resized.</param>
    /// <param name="minLongerSide">Minimum longer side in pixels; full size when omitted.</param>
    /// <returns>Size of the full picture, before scaling.</returns>
    /// <exception cref="InvalidFrameException">Not a JPEG, damaged, or beyond the limits.</exception>
    public JpegHeader DecodeGrey(ReadOnlySpan<byte> jpeg, PixelBuffer into, int minLongerSide = int.MaxValue) =>
        Decode(jpeg, into, minLongerSide, 1, TurboJpeg.PixelFormatGrey, TurboJpeg.FlagLimitScans | TurboJpeg.FlagFastDct);

    /// <inheritdoc />
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    internal static int Eighths(JpegHeader size, int minLongerSide)
    {
        var longer = Math.Max(size.Width, size.Height);
        for (var eighths = 1; eighths < 8; eighths++)
        {
            if (Scaled(longer, eighths) >= minLongerSide) return eighths;
        }
        return 8;
    }

    /// <summary>TJSCALED of turbojpeg.h.</summary>
    static int Scaled(int side, int eighths) => (side * eighths + 7) / 8;

    JpegHeader Decode(ReadOnlySpan<byte> jpeg, PixelBuffer into, int minLongerSide, int channels, int format, int flags)
    {
        var size = ReadHeader(jpeg);
        if (JpegOrientation.Of(jpeg) is not JpegOrientation.Upright and var orientation)
        {
            Decode(jpeg, size, _stored, minLongerSide, channels, format, flags);
            JpegOrientation.Turn(_stored, into, orientation);
            return JpegOrientation.Swaps(orientation) ? new JpegHeader(size.Height, size.Width) : size;
        }
        Decode(jpeg, size, into, minLongerSide, channels, format, flags);
        return size;
    }

    void Decode(ReadOnlySpan<byte> jpeg, JpegHeader size, PixelBuffer into, int minLongerSide, int channels, int format, int flags)
    {
        var eighths = Eighths(size, minLongerSide);
        into.Resize(Scaled(size.Width, eighths), Scaled(size.Height, eighths), channels);
        int failed;
        fixed (byte* data = jpeg)
        fixed (byte* pixels = into.Pixels)
        {
            failed = TurboJpeg.Decompress(
                _handle, data, new CULong((nuint)jpeg.Length), pixels, into.Width, into.Stride, into.Height, format, flags);
        }
        if (failed != 0)
        {
            // Cheap cameras pad their MJPEG with zeros before the end marker, which is harmless. Every other warning
            // means that part of the picture is missing or made up by the decoder.
            var error = TakeError();
            if (!error.Contains("extraneous bytes", StringComparison.Ordinal))
                throw new InvalidFrameException($"The JPEG is damaged: {error}.");
        }
    }

    /// <summary>
    /// Returns the reason for a failure and recreates the decoder: the library keeps tables and parser state of a damaged picture,
    /// which would corrupt the next one.
    /// </summary>
    string TakeError()
    {
        var error = TurboJpeg.Error(_handle);
        Free();
        _handle = Create();
        return error;
    }

    static nint Create() =>
        TurboJpeg.InitDecompress() is not 0 and var handle
            ? handle
            : throw new InvalidOperationException("libturbojpeg could not create a decoder.");

    void Free()
    {
        if (_handle == 0) return;
        _ = TurboJpeg.Destroy(_handle);
        _handle = 0;
    }
}
