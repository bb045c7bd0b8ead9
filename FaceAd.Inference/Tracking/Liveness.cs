namespace FaceAd.Inference.Tracking;

/// <summary>What is known of a face.</summary>
enum Liveness
{
    /// <summary>Not seen long enough to tell.</summary>
    Unknown,

    /// <summary>It has moved by itself: a person.</summary>
    Live,

    /// <summary>It stays where it is, however long one looks: a printed face, a poster, a still picture on a screen.</summary>
    Still,
}
