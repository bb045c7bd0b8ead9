namespace FaceAd.Tests.Support;

/// <summary>
/// Tests of what a screen sees and plays in real time, or of what a whole process does: they run one after the other. <c>./test</c> runs
/// them in a process of their own, before which the others stand back; in one process with others, they run when those are done.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>Trait of their classes, by which <c>./test</c> tells them from the others.</summary>
    public const string Trait = "Runs";
}
