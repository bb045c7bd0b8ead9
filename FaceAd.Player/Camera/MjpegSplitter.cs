using System.Buffers;

namespace FaceAd.Player.Camera;

/// <summary>
/// Splits an MJPEG stream into frames. It walks the segments by their lengths, so a thumbnail inside a segment (with its
/// own start and end markers) does not split a frame. Bytes outside a JPEG are skipped. A frame that is malformed, truncated
/// by the start of the next one, or above the size limit is dropped.
/// </summary>
/// <param name="maxFrameBytes">Size limit of a frame in bytes.</param>
sealed class MjpegSplitter(int maxFrameBytes) : IDisposable
{
    const byte Prefix = 0xFF, Start = 0xD8, End = 0xD9, StartOfScan = 0xDA;

    byte[] _frame = ArrayPool<byte>.Shared.Rent(64 * 1024);
    int _length;
    int _skip;
    State _state = State.SeekStart;

    enum State
    {
        SeekStart, SeekStartMarker, Marker, MarkerCode, LengthHigh, LengthLow, Segment, Scan, ScanMarker,
    }

    /// <summary>Frames dropped so far: malformed, truncated or too large.</summary>
    public long Dropped { get; private set; }

    bool _scanFollows;

    /// <summary>Reads until a frame is complete or the data is consumed.</summary>
    /// <param name="data">The next bytes of the stream.</param>
    /// <param name="frame">The complete frame, valid until the next call; empty when there is none yet.</param>
    /// <returns>Number of bytes consumed.</returns>
    public int Read(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        var i = 0;
        while (i < data.Length)
        {
            switch (_state)
            {
                case State.SeekStart:
                    {
                        var at = data[i..].IndexOf(Prefix);
                        if (at < 0) return data.Length;
                        i += at + 1;
                        _state = State.SeekStartMarker;
                        break;
                    }
                case State.Segment:
                case State.Scan:
                    {
                        var rest = data[i..];
                        var take = _state == State.Segment ? Math.Min(_skip, rest.Length) : rest.IndexOf(Prefix);
                        if (take < 0) take = rest.Length;
                        else if (_state == State.Scan) take++; // the prefix itself
                        if (!Append(rest[..take])) break;
                        i += take;
                        if (_state == State.Segment)
                        {
                            _skip -= take;
                            if (_skip == 0) _state = _scanFollows ? State.Scan : State.Marker;
                        }
                        else if (rest[take - 1] == Prefix)
                        {
                            _state = State.ScanMarker;
                        }
                        break;
                    }
                default:
                    if (ReadByte(data[i++]))
                    {
                        frame = _frame.AsSpan(0, _length);
                        return i;
                    }
                    break;
            }
        }
        return i;
    }

    public void Dispose()
    {
        var frame = _frame;
        _frame = [];
        if (frame.Length > 0) ArrayPool<byte>.Shared.Return(frame);
    }

    bool ReadByte(byte value)
    {
        switch (_state)
        {
            case State.SeekStartMarker:
                if (value == Start) Begin();
                else if (value != Prefix) _state = State.SeekStart;
                return false;
            case State.Marker:
                if (value != Prefix) Drop();
                else if (Append([value])) _state = State.MarkerCode;
                return false;
            case State.MarkerCode:
                return ReadMarker(value, inScan: false);
            case State.ScanMarker:
                return ReadMarker(value, inScan: true);
            case State.LengthHigh:
                _skip = value << 8;
                if (Append([value])) _state = State.LengthLow;
                return false;
            case State.LengthLow:
                _skip = (_skip | value) - 2;
                if (_skip < 0) Drop();
                else if (Append([value])) _state = _skip > 0 ? State.Segment : _scanFollows ? State.Scan : State.Marker;
                return false;
            default:
                throw new InvalidOperationException($"State {_state} does not read single bytes.");
        }
    }

    bool ReadMarker(byte code, bool inScan)
    {
        if (code == Start)
        {
            // A start marker inside a frame: the frame was truncated.
            Dropped++;
            Begin();
            return false;
        }
        if (!Append([code])) return false;
        switch (code)
        {
            case End:
                _state = State.SeekStart;
                return true;
            case Prefix:
                return false; // fill byte
            case 0x00 when inScan:
            case >= 0xD0 and <= 0xD7 when inScan:
                _state = State.Scan; // stuffed byte or restart marker: still the same scan
                return false;
            case 0x00:
                Drop();
                return false;
            case 0x01 or (>= 0xD0 and <= 0xD7):
                _state = State.Marker; // markers without a segment
                return false;
            default:
                _scanFollows = code == StartOfScan;
                _state = State.LengthHigh;
                return false;
        }
    }

    void Begin()
    {
        _length = 0;
        _scanFollows = false;
        _ = Append([Prefix, Start]);
        _state = State.Marker;
    }

    void Drop()
    {
        Dropped++;
        _state = State.SeekStart;
    }

    bool Append(ReadOnlySpan<byte> data)
    {
        if (_length + data.Length > maxFrameBytes)
        {
            Drop();
            return false;
        }
        if (_length + data.Length > _frame.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(maxFrameBytes, Math.Max(_frame.Length * 2, _length + data.Length)));
            _frame.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_frame);
            _frame = larger;
        }
        data.CopyTo(_frame.AsSpan(_length));
        _length += data.Length;
        return true;
    }
}
