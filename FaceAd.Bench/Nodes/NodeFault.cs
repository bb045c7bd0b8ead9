namespace FaceAd.Bench.Nodes;

/// <summary>What happens to the node that owns the site.</summary>
enum NodeFault
{
    /// <summary>SIGKILL.</summary>
    Killed = 0,

    /// <summary>SIGSTOP.</summary>
    Hung = 1,

    /// <summary>Its connections to the database are reset, again and again.</summary>
    Cut = 2,

    /// <summary>Nothing passes to the database and back, and nobody is told.</summary>
    Unplugged = 3,
}
