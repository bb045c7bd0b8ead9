using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Player.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Demo.History;

/// <summary>
/// Seals the plays of the history, each screen's with a key of its own. The key of a live screen is left with its player, which goes on
/// with it.
/// </summary>
sealed class Signers : IDisposable
{
    readonly Dictionary<Guid, PlaySealer> _sealers = [];
    readonly List<PlaySigner> _players = [];

    /// <summary>Gives a screen its key.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="folder">Folder of its player; null when it has none.</param>
    public void Add(Guid screenId, string? folder)
    {
        if (folder is null)
        {
            _sealers[screenId] = new PlaySealer(screenId);
            return;
        }
        Directory.CreateDirectory(folder);
        var signer = new PlaySigner(folder, () => screenId, NullLogger.Instance);
        _players.Add(signer);
        _sealers[screenId] = signer.Sealer!;
    }

    /// <summary>Seals the next report of a screen.</summary>
    public PlayReport Seal(Guid screenId, PlayReport report) => _sealers[screenId].SealAll([report])[0];

    /// <summary>Writes the ends of the players' chains.</summary>
    public void Keep() => _players.ForEach(p => p.Keep());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sealer in _sealers.Values) sealer.Dispose();
    }
}
