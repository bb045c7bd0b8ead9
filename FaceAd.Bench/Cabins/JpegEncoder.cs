using System.Runtime.InteropServices;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Cabins;

/// <summary>Encodes JPEG like a camera, with libturbojpeg. Not thread-safe.</summary>
sealed unsafe partial class JpegEncoder : IDisposable
{
    const string Library = "libturbojpeg.so.0";
    const int PixelFormatRgb = 0;

    /// <summary>4:2:0 chroma subsampling, as in cameras.</summary>
    const int Subsampling420 = 2;

    readonly nint _handle = InitCompress();

    /// <summary>Encodes a picture.</summary>
    /// <param name="picture">RGB pixels.</param>
    /// <param name="quality">1 (worst) to 100.</param>
    /// <exception cref="InvalidOperationException">libturbojpeg could not encode the picture.</exception>
    public byte[] Encode(PixelBuffer picture, int quality)
    {
        byte* jpeg = null;
        var size = new CULong(0);
        try
        {
            fixed (byte* pixels = picture.Pixels)
            {
                if (Compress(_handle, pixels, picture.Width, picture.Stride, picture.Height, PixelFormatRgb, &jpeg, &size, Subsampling420,
                    quality, 0) != 0)
                    throw new InvalidOperationException("libturbojpeg could not encode the picture.");
            }
            return new ReadOnlySpan<byte>(jpeg, checked((int)size.Value)).ToArray();
        }
        finally
        {
            Free(jpeg);
        }
    }

    public void Dispose() => _ = Destroy(_handle);

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    private static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjFree")]
    private static partial void Free(byte* buffer);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    private static partial int Compress(
        nint handle, byte* pixels, int width, int pitch, int height, int format, byte** jpeg, CULong* size, int subsampling,
        int quality, int flags);
}
