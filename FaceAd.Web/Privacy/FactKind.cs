
namespace FaceAd.Web.Privacy;

/// <summary>A kind of raw fact.</summary>
enum FactKind
{
    /// <summary>Proofs of play.</summary>
    Plays = 0,

    /// <summary>Presences of viewers.</summary>
    Presences = 1,

    /// <summary>Who saw what.</summary>
    Exposures = 2,

    Decisions = 3,
}
