using System.Text;
using System.Text.Json.Nodes;

namespace FaceAd.Bench.Fuzz;

/// <summary>Spoils inputs that were right. The same seed and number give the same input.</summary>
/// <param name="seed">The run's seed.</param>
/// <param name="number">Number of the input.</param>
sealed class Mutator(int seed, int number)
{
    const int MostChanges = 6;
    const int MostGrowth = 4096;

    static readonly byte[] OddBytes = [0, 1, 0x7F, 0x80, 0xFE, 0xFF, (byte)'"', (byte)'{', (byte)'[', (byte)'\\', (byte)'\n', 0xC3, 0xED];

    static readonly string[] OddValues =
    [
        "null", "true", "\"\"", "[]", "{}", "0", "-1", "1e308", "-9223372036854775809", "18446744073709551616", "0.1", "\"NaN\"",
        "\"\\u0000\"", "\"@half\"", "\"2026-13-45\"", "\"9999-12-31\"", "\"0001-01-01\"", "\"00000000-0000-0000-0000-000000000000\"", "\"\\u202e\"",
        "[null]", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "\"9999-12-31T23:59:59.9999999+14:00\"", "\"-1.00:00:00\"",
    ];

    static readonly char[] OddLetters = ['x', '한', '\u200b'];

    readonly Random _random = new(unchecked((seed * 1_000_003) + number));

    /// <summary>One of some values.</summary>
    public T One<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    /// <summary>Changes bytes, cuts, repeats, moves and mixes in what another input has.</summary>
    public byte[] Bytes(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var n = _random.Next(1, MostChanges + 1); n > 0 && bytes.Count > 0; n--)
        {
            var at = _random.Next(bytes.Count);
            var length = Math.Min(bytes.Count - at, 1 << _random.Next(12));
            switch (_random.Next(8))
            {
                case 0: bytes[at] = (byte)_random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
                case 2: bytes[at] = One(OddBytes); break;
                case 3: bytes.RemoveRange(at, length); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 5: bytes.InsertRange(at, Enumerable.Range(0, _random.Next(1, 16)).Select(_ => (byte)_random.Next(256))); break;
                case 6: bytes.RemoveRange(at, bytes.Count - at); break;
                default:
                    var from = _random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, _random.Next(1, MostGrowth))).ToArray());
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Changes values, names and members of a JSON text; sometimes its bytes.</summary>
    public byte[] Json(string json, string other)
    {
        if (_random.Next(4) == 0) return Bytes(Encoding.UTF8.GetBytes(json), Encoding.UTF8.GetBytes(other));
        var root = JsonNode.Parse(json)!;
        for (var n = _random.Next(1, 4); n > 0; n--)
        {
            var all = Nodes(root).ToList();
            switch (One(all))
            {
                case JsonObject { Count: > 0 } members:
                    var name = One(members.Select(m => m.Key).ToList());
                    if (_random.Next(3) == 0) members.Remove(name);
                    else members[_random.Next(4) == 0 ? name + "x" : name] = Odd();
                    break;
                case JsonArray { Count: > 0 } items:
                    if (_random.Next(3) == 0) items.Clear();
                    else if (_random.Next(2) == 0) items[_random.Next(items.Count)] = Odd();
                    else
                        for (var i = _random.Next(40); i > 0; i--) items.Add(items[0]?.DeepClone());
                    break;
            }
        }
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace("@half", "\\ud800", StringComparison.Ordinal)); // which no writer writes
    }

    JsonNode? Odd() => _random.Next(8) == 0 ? JsonValue.Create(new string(One(OddLetters), _random.Next(3000)))
        : JsonNode.Parse(One(OddValues));

    static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Nodes(m.Value)).Prepend(members),
        JsonArray items => items.SelectMany(Nodes).Prepend(items),
        _ => [],
    };
}
