namespace FaceAd.Web.Language;

/// <summary>
/// Calls that come from elsewhere, such as a feed's thread, made in the reader's language. A circuit's language lives in the
/// execution context: a callback that renders in the caller's would turn the page into the server's language.
/// </summary>
static class InLanguage
{
    /// <summary>Wraps a callback so that it runs in the context of whoever wraps it.</summary>
    /// <param name="call">The callback.</param>
    public static Action Keep(Action call)
    {
        var context = ExecutionContext.Capture()!;
        return () => ExecutionContext.Run(context, _ => call(), null);
    }

    /// <summary>Wraps a callback so that it runs in the context of whoever wraps it.</summary>
    /// <param name="call">The callback.</param>
    public static Action<T> Keep<T>(Action<T> call)
    {
        var context = ExecutionContext.Capture()!;
        return value => ExecutionContext.Run(context, _ => call(value), null);
    }
}
