namespace FaceAd.Inference.Imaging;

/// <summary>
/// A picture that cannot be analysed: not a JPEG, damaged, too many bytes or pixels. It concerns this one frame only;
/// whoever threw it can take the next frame at once.
/// </summary>
public sealed class InvalidFrameException : Exception
{
    /// <summary>Creates it without a reason.</summary>
    public InvalidFrameException()
        : this("The picture cannot be read.")
    {
    }

    /// <summary>Creates it with a reason.</summary>
    /// <param name="message">Why, in a plain sentence without any content of the picture.</param>
    public InvalidFrameException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a reason and a cause.</summary>
    /// <param name="message">Why, in a plain sentence without any content of the picture.</param>
    /// <param name="innerException">What was thrown beneath.</param>
    public InvalidFrameException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
