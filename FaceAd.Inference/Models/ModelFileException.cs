namespace FaceAd.Inference.Models;

/// <summary>A model file is missing, changed or unreadable. The message is one line that names the file and what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>Creates it without a reason.</summary>
    public ModelFileException()
        : this("A model file cannot be used.")
    {
    }

    /// <summary>Creates it with a reason.</summary>
    /// <param name="message">One line: the file, what is wrong, what to do.</param>
    public ModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a reason and a cause.</summary>
    /// <param name="message">One line: the file, what is wrong, what to do.</param>
    /// <param name="innerException">What was thrown beneath.</param>
    public ModelFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
