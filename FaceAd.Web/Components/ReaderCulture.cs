namespace FaceAd.Web.Components;

/// <summary>Keeps a page in its reader's language when news of another thread makes it draw itself anew.</summary>
static class ReaderCulture
{
    /// <summary>
    /// The same callback, run with the language of whoever called this. Without it a page that is drawn by a timer or by
    /// another person's change would be drawn in the server's language.
    /// </summary>
    /// <param name="changed">What to do on news.</param>
    public static Action Keep(Action changed)
    {
        var context = ExecutionContext.Capture();
        return context is null ? changed : () => ExecutionContext.Run(context, static state => ((Action)state!)(), changed);
    }
}
