namespace FaceAd.Tests.Support;

/// <summary>Tests of what a screen sees and plays in real time: they run one after the other, when the others are done.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
