using System.Diagnostics;

namespace FaceAd.Web.Hosting;

/// <summary>
/// Traces of the ways of a frame and of a play through the stages. Their attributes are ids of screens and decisions, and counts: nothing
/// of viewers, and nothing of who is signed in.
/// </summary>
static class Traces
{
    /// <summary>Name of their source.</summary>
    public const string SourceName = "FaceAd";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The running trace, for what is queued to carry along; default outside one, or when it is not among the sampled.</summary>
    public static ActivityContext Current => Running?.Context ?? default;

    // A timer goes on in the context that it was made in, where a trace may have ended long ago.
    private static Activity? Running =>
        Activity.Current is { Recorded: true, IsStopped: false } running && running.Source == Source ? running : null;

    /// <summary>
    /// Begins a trace at an endpoint. It is no part of the request's own activity, which is not ours to sample and ends with the answer.
    /// </summary>
    /// <param name="name">What happens.</param>
    /// <param name="screenId">Who sent it.</param>
    public static Activity? Begin(string name, Guid screenId)
    {
        if (!Source.HasListeners()) return null;
        Activity.Current = null; // as far as the endpoint's own method
        return Source.StartActivity(name, ActivityKind.Consumer)?.SetTag("facead.screen", screenId.ToString());
    }

    /// <summary>Begins a step of the running trace; null outside one.</summary>
    /// <param name="name">What happens.</param>
    public static Activity? Step(string name) => Running is null ? null : Source.StartActivity(name);

    /// <summary>Begins a step of a trace that began elsewhere; null when there is none.</summary>
    /// <param name="name">What happens.</param>
    /// <param name="trace">What was carried along.</param>
    /// <param name="since">When the step began, if earlier than now.</param>
    public static Activity? Continue(string name, ActivityContext trace, DateTimeOffset since = default) =>
        trace == default ? null : Source.StartActivity(name, ActivityKind.Internal, trace, startTime: since);
}
