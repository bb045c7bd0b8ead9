namespace FaceAd.Web.Data;

/// <summary>The database could not be started; the message says what to do.</summary>
/// <param name="message">One line, shown to the operator.</param>
sealed class DatabaseStartException(string message) : Exception(message);
