using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceAd.Core;
using FaceAd.Core.Proof;

namespace FaceAd.Bench;

/// <summary>
/// Signs plays as the players of simulated screens do: each screen's with a key and a chain of its own, and each report once, so that a
/// repeat is the same to the byte. Thread-safe.
/// </summary>
sealed class PlayerKeys
{
    private readonly ConcurrentDictionary<Guid, Chain> _chains = new();

    /// <summary>Signs those reports that are not signed yet.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="reports">Its reports, in the order of its chain.</param>
    public PlayReport[] Sign(Guid screenId, params IEnumerable<PlayReport> reports)
    {
        var chain = _chains.GetOrAdd(screenId, id => new Chain(new PlaySealer(id), []));
        lock (chain) return [.. reports.Select(r => r.Seal is not null ? r : chain.Signed.TryGetValue(r, out var known) ? known : Sign(r))];

        PlayReport Sign(PlayReport report) => chain.Signed[report] = chain.Sealer.SealAll([report])[0];
    }

    /// <summary>
    /// Signs a play under the number of an earlier one, as a copy of the player's folder from before that one would.
    /// </summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="earlier">The earlier one, signed with the screen's present key.</param>
    /// <param name="report">The play.</param>
    public PlayReport SignInPlaceOf(Guid screenId, PlayReport earlier, PlayReport report)
    {
        var chain = _chains[screenId];
        var key = ECDsa.Create();
        lock (chain) key.ImportPkcs8PrivateKey(chain.Sealer.ExportPrivateKey(), out _);
        using var copy = new PlaySealer(key, screenId, earlier.Seal!.Number - 1, earlier.Seal.Previous);
        return copy.Seal(report);
    }

    private sealed record Chain(PlaySealer Sealer, Dictionary<PlayReport, PlayReport> Signed);
}
