using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FaceAd.Tests.Support.Network;

/// <summary>One HTTP request, or one SignalR message within a WebSocket, as its bytes say.</summary>
/// <param name="Method">HTTP method; <c>HUB</c> for a SignalR message, <c>CONTROL</c> for a control frame of a WebSocket.</param>
/// <param name="Path">Path and query; empty within a WebSocket.</param>
/// <param name="Head">Request line and headers; empty within a WebSocket.</param>
/// <param name="Body">The body, chunks joined; the message without its end mark.</param>
public sealed record SentMessage(string Method, string Path, string Head, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Splits everything that was sent over one connection into messages. What is cut off at the end is a message too.</summary>
    /// <param name="sent">The bytes, from the first.</param>
    public static IEnumerable<SentMessage> Parse(byte[] sent)
    {
        for (var at = 0; at < sent.Length;)
        {
            var end = sent.AsSpan(at).IndexOf("\r\n\r\n"u8);
            var head = Encoding.Latin1.GetString(sent, at, end < 0 ? sent.Length - at : end);
            at = end < 0 ? sent.Length : at + end + 4;
            var words = head.Split("\r\n")[0].Split(' ');
            var body = new MemoryStream();
            if (Header(head, "Content-Length") is { } length) Take(int.Parse(length, CultureInfo.InvariantCulture));
            else if (Header(head, "Transfer-Encoding") == "chunked") TakeChunks();
            yield return new SentMessage(words[0], words.Length > 1 ? words[1] : "", head, body.ToArray());
            if (!"websocket".Equals(Header(head, "Upgrade"), StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var message in ParseFrames(sent, at)) yield return message;
            yield break;

            void Take(int count)
            {
                count = Math.Min(count, sent.Length - at);
                body.Write(sent, at, count);
                at += count;
            }

            void TakeChunks()
            {
                while (sent.AsSpan(at).IndexOf("\r\n"u8) is >= 0 and var line)
                {
                    var size = int.Parse(Encoding.ASCII.GetString(sent, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    at += line + 2;
                    Take(size);
                    at = Math.Min(at + 2, sent.Length);
                    if (size == 0) return;
                }
            }
        }
    }

    private static string? Header(string head, string name) => head.Split("\r\n").Skip(1)
        .FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    // RFC 6455; SignalR ends each of its messages with 0x1E, however they fall into frames.
    private static IEnumerable<SentMessage> ParseFrames(byte[] sent, int at)
    {
        var text = new MemoryStream();
        while (at + 2 <= sent.Length)
        {
            var (opcode, masked, length) = (sent[at] & 15, (sent[at + 1] & 128) != 0, (long)(sent[at + 1] & 127));
            at += 2;
            if (length == 126) (length, at) = (BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(at)), at + 2);
            else if (length == 127) (length, at) = (BinaryPrimitives.ReadInt64BigEndian(sent.AsSpan(at)), at + 8);
            var mask = masked ? sent[at..(at + 4)] : [0, 0, 0, 0];
            if (masked) at += 4;
            var payload = new byte[Math.Min(length, sent.Length - at)];
            for (var i = 0; i < payload.Length; i++) payload[i] = (byte)(sent[at + i] ^ mask[i % 4]);
            at += payload.Length;
            if (opcode is 0 or 1 or 2) text.Write(payload);
            else yield return new SentMessage("CONTROL", "", "", payload);
        }
        var all = text.ToArray();
        for (var from = 0; from < all.Length;)
        {
            var end = Array.IndexOf(all, (byte)0x1E, from);
            if (end < 0) end = all.Length;
            yield return new SentMessage("HUB", "", "", all[from..end]);
            from = end + 1;
        }
    }
}
