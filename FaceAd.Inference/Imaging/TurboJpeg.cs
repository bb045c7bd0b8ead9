using System.Runtime.InteropServices;

namespace FaceAd.Inference.Imaging;

/// <summary>Bindings to libturbojpeg 2.x (Debian: libturbojpeg0).</summary>
static unsafe partial class TurboJpeg
{
    const string Library = "libturbojpeg.so.0";

    public const int PixelFormatRgb = 0;
    public const int PixelFormatGrey = 6;

    /// <summary>Rejects pictures with excessively many progressive scans, which cost much time for few bytes.</summary>
    public const int FlagLimitScans = 32768;

    public const int FlagFastDct = 2048;

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    public static partial nint InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    public static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    public static partial int DecompressHeader(
        nint handle, byte* jpeg, CULong size, out int width, out int height, out int subsampling, out int colorspace);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    public static partial int Decompress(
        nint handle, byte* jpeg, CULong size, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial nint GetError(nint handle);

    public static string Error(nint handle) => Marshal.PtrToStringUTF8(GetError(handle)) ?? "unknown error";
}
