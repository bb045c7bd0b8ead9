namespace FaceAd.Inference.Imaging;

/// <summary>
/// A picture that cannot be analysed: not a JPEG, damaged, or too many bytes or pixels. It concerns this frame only; the next one
/// can be processed at once.
/// </summary>
public sealed class InvalidFrameException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public InvalidFrameException()
        : this("The picture cannot be read.")
    {
    }

    /// <summary>Creates the exception with a reason.</summary>
    /// <param name="message">The reason, in a plain sentence without any content of the picture.</param>
    public InvalidFrameException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a reason and a cause.</summary>
    /// <param name="message">The reason, in a plain sentence without any content of the picture.</param>
    /// <param name="innerException">The cause.</param>
    public InvalidFrameException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
