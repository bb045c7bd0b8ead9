namespace FaceAd.Core.Proof;

/// <summary>A line is not one of an export of proofs.</summary>
/// <param name="line">Which, from 1.</param>
public sealed class ProofFileException(long line) : Exception($"Line {line} is not a line of an export of proofs.")
{
    /// <summary>Which line, from 1.</summary>
    public long Line { get; } = line;
}

/// <summary>Checks an export of proofs, line by line: every hash, link, signature and number. It trusts nothing but the keys.</summary>
public sealed class ProofCheck : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly IReadOnlySet<string>? _expected;
    private readonly HashSet<Guid> _plays = [];
    private readonly HashSet<string> _keys = [];
    private ProofSummary? _summary;
    private ProofScreen? _screen;
    private ProofKey? _row;
    private PlayKey? _key;
    private byte[]? _link;    // of the line before; null when it cannot be known
    private bool _isUnsigned; // the line before has no signature
    private long _lines;
    private bool _isOver;

    /// <summary>Begins a check.</summary>
    /// <param name="expected">Fingerprints of the keys to trust; null to trust those in the file.</param>
    public ProofCheck(IReadOnlySet<string>? expected = null) => _expected = expected;

    /// <summary>Checks a whole file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="expected">Fingerprints of the keys to trust; null to trust those in the file.</param>
    /// <param name="cancellation">Cancels the check.</param>
    /// <exception cref="ProofFileException">It is no export of proofs.</exception>
    public static async Task<ProofSummary> RunAsync(
        TextReader file, IReadOnlySet<string>? expected = null, CancellationToken cancellation = default)
    {
        using var check = new ProofCheck(expected);
        while (await file.ReadLineAsync(cancellation) is { } line) check.Add(line);
        return check.Finish();
    }

    /// <summary>Reads fingerprints: one a line, followed by what one likes; empty lines and those that begin with # are skipped.</summary>
    /// <exception cref="FormatException">A line is no fingerprint.</exception>
    public static IReadOnlySet<string> ReadKeys(IEnumerable<string> lines) => lines
        .Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith('#'))
        .Select(l => l.Split(' ', '\t')[0])
        .Select(k => k.Length == 64 && k.All(char.IsAsciiHexDigit) ? k.ToLowerInvariant()
            : throw new FormatException($"\"{(k.Length > 80 ? k[..80] : k)}\" is not the fingerprint of a key: 64 hexadecimal digits."))
        .ToHashSet();

    /// <summary>Checks the next line.</summary>
    /// <exception cref="ProofFileException">It is none.</exception>
    public void Add(string text)
    {
        _lines++;
        if (_isOver || ProofLine.Read(text) is not { } line) throw new ProofFileException(_lines);
        if (_summary is null) Begin(line);
        else if (line.Lines is { } lines) End(lines);
        else if (line.Number is not null) Add(line);
        else if (line.Key is not null) AddKey(line);
        else if (line.Screen is { } screen) AddScreen(screen, line);
        else throw new ProofFileException(_lines);
    }

    /// <summary>What was found.</summary>
    /// <exception cref="ProofFileException">The file has not even a first line.</exception>
    public ProofSummary Finish()
    {
        if (_summary is null) throw new ProofFileException(_lines + 1);
        if (!_isOver)
        {
            EndScreen();
            Fault(ProofFaultKind.CutOff, 0);
        }
        return _summary;
    }

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    private void Begin(ProofLine line)
    {
        if (line.Format != ProofLine.Format1) throw new ProofFileException(_lines);
        _summary = new ProofSummary { About = line };
    }

    private void End(long lines)
    {
        EndScreen();
        if (lines != _lines - 1) Fault(ProofFaultKind.CutOff, 0);
        _isOver = true;
    }

    private void AddScreen(Guid screen, ProofLine line)
    {
        EndScreen();
        _screen = new ProofScreen(screen, string.Join(" · ", new[] { line.Site, line.Name }.OfType<string>()), line.Counted ?? 0);
        _summary!.Screens.Add(_screen);
    }

    private void EndScreen()
    {
        EndKey();
        if (_screen?.Counted > _screen?.Plays) Fault(ProofFaultKind.Unproved, 0, _screen.Counted - _screen.Plays);
        _screen = null;
    }

    private void AddKey(ProofLine line)
    {
        EndKey();
        if (_screen is null || line.PublicKey is null || PlayKey.Read(line.PublicKey) is not { } key)
            throw new ProofFileException(_lines);
        _key = key;
        _row = new ProofKey(key.Fingerprint, line.RegisteredAt);
        _screen.Keys.Add(_row);
        if (key.Fingerprint != line.Key || _expected?.Contains(key.Fingerprint) == false) Fault(ProofFaultKind.UnknownKey, 0);
        if (!_keys.Add(key.Fingerprint)) Fault(ProofFaultKind.Order, 0); // in two parts, a gap between them would not be seen
    }

    // Plays after the last signature are nobody's word.
    private void EndKey()
    {
        if (_isUnsigned) Fault(ProofFaultKind.Signature, _row!.Last);
        _key?.Dispose();
        (_key, _row, _link, _isUnsigned) = (null, null, null, false);
    }

    private void Add(ProofLine line)
    {
        if (_row is not { } row || line is not { Number: >= 1 and var number, Hash: { Length: PlaySeal.HashBytes } hash }
            || line.Previous is { Length: not PlaySeal.HashBytes }) throw new ProofFileException(_lines);
        var follows = row.Last == 0 || number == row.Last + 1;
        if (!follows)
        {
            if (_isUnsigned) Fault(ProofFaultKind.Signature, row.Last);
            if (number > row.Last) Fault(ProofFaultKind.Gap, number, number - row.Last - 1);
            else Fault(ProofFaultKind.Order, number);
            _link = null;
        }
        if (_link is not null && line.Previous is not null && !_link.AsSpan().SequenceEqual(line.Previous))
            Fault(ProofFaultKind.Chain, number);
        var previous = line.Previous ?? _link;
        if (previous is null) Fault(ProofFaultKind.Chain, number);
        _link = previous is null ? null : PlaySeal.LinkOf(previous, number, hash);
        _isUnsigned = line.Signature is null;
        var isSigned = _link is not null && line.Signature is not null && _key!.Verify(_link, line.Signature);
        if (!isSigned && (line.Signature is not null || line.Payload is not null)) Fault(ProofFaultKind.Signature, number);
        if (row.First == 0) row.First = number;
        row.Last = number;
        if (line.Payload is { } payload) Count(payload, hash, number, isSigned);
        else row.Others++;
    }

    private void Count(string payload, byte[] hash, long number, bool isSigned)
    {
        if (!PlayPayload.Hash(payload).AsSpan().SequenceEqual(hash) || PlayPayload.Read(payload) is not (var screen, var report)
            || report.EndedAt - report.StartedAt is var length && (length < TimeSpan.Zero || length > Longest))
        {
            Fault(ProofFaultKind.Edited, number);
            return;
        }
        var isHere = screen == _screen!.Id;
        if (!isHere) Fault(ProofFaultKind.OtherScreen, number);
        var isFirst = _plays.Add(report.PlayId);
        if (!isFirst) Fault(ProofFaultKind.Twice, number);
        if (!isSigned || !isHere || !isFirst) return;
        _row!.Plays++;
        _row.Length += length;
    }

    private void Fault(ProofFaultKind kind, long number, long plays = 1) =>
        _summary!.Add(new ProofFault(kind, _screen?.Id, _row?.Fingerprint, number, plays));
}
