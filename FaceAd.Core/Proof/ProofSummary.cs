namespace FaceAd.Core.Proof;

/// <summary>What a check of proofs finds wrong.</summary>
public enum ProofFaultKind
{
    /// <summary>Plays are missing: numbers are left out.</summary>
    Gap = 0,

    /// <summary>A play's number does not come after the one before it: plays were exchanged or repeated.</summary>
    Order = 1,

    /// <summary>A play's data are not what was signed.</summary>
    Edited = 2,

    /// <summary>A signature is not this key's, or is missing where one must be.</summary>
    Signature = 3,

    /// <summary>A play does not follow the one before it: one of those between two signed plays was changed.</summary>
    Chain = 4,

    /// <summary>A play was signed for another screen.</summary>
    OtherScreen = 5,

    /// <summary>A play is there twice, under two numbers.</summary>
    Twice = 6,

    /// <summary>The key is none of those expected, or not the one whose fingerprint stands beside it.</summary>
    UnknownKey = 7,

    /// <summary>Lines are missing: the file was cut off.</summary>
    CutOff = 8,

    /// <summary>The server counts plays of the campaign that no signature here proves.</summary>
    Unproved = 9,
}

/// <summary>A fault.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Screen">The screen; null when it concerns the file.</param>
/// <param name="Key">Fingerprint of the key; null when it concerns the screen or the file.</param>
/// <param name="Number">Number of the play; 0 when it concerns no single one.</param>
/// <param name="Plays">How many plays are missing or not proved; else 1.</param>
public sealed record ProofFault(ProofFaultKind Kind, Guid? Screen, string? Key, long Number, long Plays = 1);

/// <summary>A key of a screen, with what it has signed.</summary>
public sealed record ProofKey(string Fingerprint, DateTimeOffset? RegisteredAt)
{
    /// <summary>Number of the first play in the file; 0 for none.</summary>
    public long First { get; set; }

    /// <summary>Number of the last play in the file.</summary>
    public long Last { get; set; }

    /// <summary>Plays of the campaign that are proved.</summary>
    public long Plays { get; set; }

    /// <summary>Plays of others, of which only the hash is shown.</summary>
    public long Others { get; set; }

    /// <summary>How long the proved plays ran.</summary>
    public TimeSpan Length { get; set; }
}

/// <summary>A screen.</summary>
/// <param name="Id">The screen.</param>
/// <param name="Name">Its name and its site's, as the file has them.</param>
/// <param name="Counted">How many plays of the campaign the server counts there.</param>
public sealed record ProofScreen(Guid Id, string Name, long Counted)
{
    /// <summary>Its keys, in the order of the file.</summary>
    public List<ProofKey> Keys { get; } = [];

    /// <summary>Proved plays of the campaign, of all keys.</summary>
    public long Plays => Keys.Sum(k => k.Plays);
}

/// <summary>Result of a check.</summary>
public sealed record ProofSummary
{
    /// <summary>The most faults listed; all are counted.</summary>
    public const int MostFaults = 100;

    /// <summary>The first line.</summary>
    public required ProofLine About { get; init; }

    /// <summary>The screens, in the order of the file.</summary>
    public List<ProofScreen> Screens { get; } = [];

    /// <summary>The first faults.</summary>
    public List<ProofFault> Faults { get; } = [];

    /// <summary>How many faults there are of each kind; for gaps and what is not proved, how many plays.</summary>
    public Dictionary<ProofFaultKind, long> Counts { get; } = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Counts.Count == 0;

    /// <summary>Proved plays of the campaign.</summary>
    public long Plays => Screens.Sum(s => s.Plays);

    /// <summary>How long they ran.</summary>
    public TimeSpan Length => TimeSpan.FromTicks(Screens.SelectMany(s => s.Keys).Sum(k => k.Length.Ticks));

    internal void Add(ProofFault fault)
    {
        if (Faults.Count < MostFaults) Faults.Add(fault);
        Counts[fault.Kind] = Counts.GetValueOrDefault(fault.Kind) + fault.Plays;
    }
}
