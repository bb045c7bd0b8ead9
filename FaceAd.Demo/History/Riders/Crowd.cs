namespace FaceAd.Demo.History.Riders;

/// <summary>Why people ride.</summary>
enum Crowd
{
    /// <summary>They live here.</summary>
    Resident,

    /// <summary>They work here.</summary>
    Worker,

    /// <summary>They have an errand here, mostly once.</summary>
    Visitor,
}
