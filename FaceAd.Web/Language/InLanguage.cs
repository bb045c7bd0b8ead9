namespace FaceAd.Web.Language;

/// <summary>
/// Runs callbacks from outside, such as from a feed's thread, in the reader's language. A circuit's language is part of its execution
/// context: a callback that renders in the caller's context would switch the page to the server's language.
/// </summary>
static class InLanguage
{
    /// <summary>Wraps a callback so that it runs in the current execution context.</summary>
    /// <param name="call">The callback.</param>
    public static Action Keep(Action call)
    {
        var context = ExecutionContext.Capture()!;
        return () => ExecutionContext.Run(context, _ => call(), null);
    }

    /// <summary>Wraps a callback so that it runs in the current execution context.</summary>
    /// <param name="call">The callback.</param>
    public static Action<T> Keep<T>(Action<T> call)
    {
        var context = ExecutionContext.Capture()!;
        return value => ExecutionContext.Run(context, _ => call(value), null);
    }
}
