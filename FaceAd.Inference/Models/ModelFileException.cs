namespace FaceAd.Inference.Models;

/// <summary>A model file is missing, changed or unreadable. The message is one line that names the file and says what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public ModelFileException()
        : this("A model file cannot be used.")
    {
    }

    /// <summary>Creates the exception with a reason.</summary>
    /// <param name="message">One line: the file, the problem, what to do.</param>
    public ModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a reason and a cause.</summary>
    /// <param name="message">One line: the file, the problem, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ModelFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
