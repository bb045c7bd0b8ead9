using System.Buffers.Binary;

namespace FaceAd.Core.Decisions.Experiments;

/// <summary>
/// Who sees which creative of an experiment. A person has one arm, by a hash of experiment and person; a person is known for one counting
/// period, so the arm is, too. All arms are as likely: a rarer one would be outvoted more often in full cabins, and be seen by people who
/// ride alone. Pure; nothing is allocated.
/// </summary>
public static class Arms
{
    /// <summary>The most creatives that are compared.</summary>
    public const int Most = 5;

    // Whoever nobody is recognised among keeps one creative for this long at a screen.
    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(5);

    /// <summary>A person's arm.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="person">The person.</param>
    /// <param name="count">Number of arms.</param>
    /// <returns>From 0 to below <paramref name="count"/>.</returns>
    public static int OfPerson(Guid experiment, Guid person, int count) => Part(Mix(Mix(0, experiment), person), count);

    /// <summary>
    /// The arm of a cabin: that of most recognised riders of the target. Between as many, or with none of them, a hash of screen and time
    /// decides, which knows nothing of who is in view.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="count">Number of arms, at most <see cref="Most"/>.</param>
    /// <param name="targets">The campaign's segments.</param>
    /// <param name="riders">Everybody in view.</param>
    /// <param name="screen">The screen.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <returns>From 0 to below <paramref name="count"/>.</returns>
    public static int OfCabin(
        Guid experiment, int count, IReadOnlyList<Segment> targets, IReadOnlyList<Rider> riders, Guid screen, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(riders);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        Span<int> votes = stackalloc int[count];
        votes.Clear();
        var most = 0;
        for (var i = 0; i < riders.Count; i++)
        {
            if (riders[i].Person is not { } person || !Has(targets, person.Segment)) continue;
            most = Math.Max(most, ++votes[OfPerson(experiment, person.Id, count)]);
        }
        var tied = 0;
        for (var arm = 0; arm < count; arm++) tied += votes[arm] == most ? 1 : 0;
        var lot = tied == 1 ? 0 : Part(Mix(Mix(Mix(0, experiment), screen), (ulong)(now.UtcTicks / Slot.Ticks)), tied);
        for (var arm = 0; ; arm++)
        {
            if (votes[arm] == most && lot-- == 0) return arm;
        }
    }

    private static bool Has(IReadOnlyList<Segment> targets, Segment segment)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            if (targets[i] == segment) return true;
        }
        return false;
    }

    private static int Part(ulong hash, int count) => (int)Math.BigMul(hash, (ulong)count, out _);

    private static ulong Mix(ulong hash, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return Mix(Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes)), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong hash, ulong value)
    {
        var z = (hash ^ value) + 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
