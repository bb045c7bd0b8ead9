using FaceAd.Inference.Models;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Hosting;

/// <summary>The program cannot start as it is set up; the message says what to do.</summary>
/// <param name="message">One line, shown to the operator.</param>
sealed class StartException(string message) : Exception(message)
{
    private const string Configuration = "Microsoft.Extensions.Configuration";
    private const string NotOfItsType = "Failed to convert configuration value"; // the framework's words

    /// <summary>What to tell the operator, in one line; null for a fault of the program, whose stack trace is needed.</summary>
    /// <param name="exception">What ended the start.</param>
    public static string? LineOf(Exception exception) => (exception switch
    {
        OptionsValidationException options => string.Join(' ', options.Failures),
        AggregateException { InnerExceptions: var all } when all.All(e => e is OptionsValidationException) =>
            string.Join(' ', all.Select(LineOf)),
        StartException or ModelFileException or IOException or UnauthorizedAccessException => exception.Message,
        // A settings file that cannot be read, a value that is not of its key's type, an argument that is none.
        InvalidDataException => Words(exception),
        InvalidOperationException when exception.Message.StartsWith(NotOfItsType, StringComparison.Ordinal) => Words(exception),
        FormatException { Source: { } source } when source.StartsWith(Configuration, StringComparison.Ordinal) => Words(exception),
        _ => null,
    })?.ReplaceLineEndings(" ");

    private static string Words(Exception exception) => $"{exception.Message} {exception.InnerException?.Message}".TrimEnd();
}
