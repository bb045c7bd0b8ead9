using System.Security.Cryptography;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Proof;

namespace FaceAd.Player.Outbox;

/// <summary>
/// The key with which this player signs its screen's plays, and the end of its chain. The key is made when the screen is first known, and
/// its private half never leaves its file. The end of the chain is the newest sealed report in the outbox or, when that is gone, its own
/// file: so neither a number is used twice nor one left out, wherever a kill strikes. A key whose file or chain is lost is followed by a
/// new one, which begins at 1. Not thread-safe.
/// </summary>
sealed class PlaySigner : IDisposable
{
    readonly string _keyFile, _chainFile;
    readonly Func<Guid?> _screen;
    readonly ILogger _log;
    PlaySealer? _sealer;
    long _kept; // number in the chain's file

    /// <summary>Reads the key and its chain, if there are any.</summary>
    /// <param name="folder">Folder of both files.</param>
    /// <param name="screen">The screen as the server's programme names it; null while that is not known.</param>
    /// <param name="log">Where a new key is told.</param>
    public PlaySigner(string folder, Func<Guid?> screen, ILogger log)
    {
        (_keyFile, _chainFile) = (Path.Combine(folder, "play-key.json"), Path.Combine(folder, "play-chain.json"));
        (_screen, _log) = (screen, log);
        if (!File.Exists(_keyFile)) return;
        try
        {
            var key = JsonSerializer.Deserialize<KeyFile>(File.ReadAllBytes(_keyFile)) ?? throw new JsonException("The file is empty.");
            var chain = JsonSerializer.Deserialize<ChainFile>(File.ReadAllBytes(_chainFile));
            if (chain is not { Number: >= 0, Link.Length: PlaySeal.HashBytes }) throw new JsonException("The end of the chain is none.");
            var pair = ECDsa.Create();
            pair.ImportPkcs8PrivateKey(key.PrivateKey, out _);
            _sealer = new PlaySealer(pair, key.Screen, chain.Number, chain.Link);
            _kept = chain.Number;
            if (_sealer.Fingerprint != chain.Key) throw new JsonException("The chain is another key's.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or CryptographicException)
        {
            Lose(e.Message);
        }
    }

    /// <summary>What seals; null while the screen is not known. Another screen than before gets a new key.</summary>
    /// <exception cref="IOException">A new key cannot be written.</exception>
    public PlaySealer? Sealer
    {
        get
        {
            if (_screen() is { } screen && _sealer?.ScreenId != screen) Make(screen);
            return _sealer;
        }
    }

    /// <summary>Fingerprint of the key; null when there is none.</summary>
    public string? Fingerprint => _sealer?.Fingerprint;

    /// <summary>Number of the newest sealed play.</summary>
    public long Number => _sealer?.Number ?? 0;

    /// <summary>Takes the newest sealed report in the outbox for the end of the chain, unless that is farther.</summary>
    /// <param name="newest">The report; null when it cannot be read, and so the chain not be continued.</param>
    public void Resume(PlayReport? newest)
    {
        if (newest?.Seal is null) Lose("the newest sealed report cannot be read");
        else if (newest.Seal.Number > Number) _sealer!.Keep(newest);
    }

    /// <summary>Writes the end of the chain to its file. Call before the newest sealed report is removed.</summary>
    public void Keep()
    {
        if (_sealer is null || _kept == Number) return;
        DurableFile.Write(
            _chainFile, JsonSerializer.SerializeToUtf8Bytes(new ChainFile(_sealer.Fingerprint, _sealer.Number, _sealer.Link)));
        _kept = Number;
    }

    /// <summary>Goes on with a new key: the server knows later numbers of this one, so its files are from an older copy.</summary>
    public void Renew()
    {
        if (_sealer is { } old) Make(old.ScreenId);
    }

    public void Dispose() => _sealer?.Dispose();

    // The chain first: a key without its chain is not used.
    void Make(Guid screen)
    {
        var made = new PlaySealer(screen);
        DurableFile.Write(_chainFile, JsonSerializer.SerializeToUtf8Bytes(new ChainFile(made.Fingerprint, 0, made.Link)));
        DurableFile.Write(
            _keyFile, JsonSerializer.SerializeToUtf8Bytes(new KeyFile(screen, made.ExportPrivateKey())), isSecret: true);
        _sealer?.Dispose();
        (_sealer, _kept) = (made, 0);
        _log.LogInformation("This player signs its plays with a new key: {Fingerprint}.", made.Fingerprint);
    }

    void Lose(string reason)
    {
        _log.LogError("The key that signs plays cannot be used any more, a new one follows: {Reason}", reason);
        _sealer?.Dispose();
        _sealer = null;
    }

    sealed record KeyFile(Guid Screen, byte[] PrivateKey);

    sealed record ChainFile(string Key, long Number, byte[] Link);
}
