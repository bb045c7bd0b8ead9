using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Core.Proof;

/// <summary>
/// A line of an export of proofs, JSON: first what it is about; then for each screen a line, for each of its keys a line, and for each
/// play under that key a line, by number; last the number of lines before it. Only what a signature covers is proved: payload, number,
/// hash, previous.
/// </summary>
public sealed record ProofLine
{
    /// <summary>The format, of the first line.</summary>
    public const string Format1 = "facead-proof-1";

    /// <summary>More characters than a line has.</summary>
    public const int MaxLength = 4096;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, never a page: Korean names stay readable
    };

    /// <summary>First line: <see cref="Format1"/>.</summary>
    public string? Format { get; init; }

    /// <summary>First line: the campaign.</summary>
    public Guid? Campaign { get; init; }

    /// <summary>First line: the first day. The days are those of the screens' sites.</summary>
    public DateOnly? From { get; init; }

    /// <summary>First line: the last day.</summary>
    public DateOnly? To { get; init; }

    /// <summary>First line: when it was made.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>A screen's line: the screen.</summary>
    public Guid? Screen { get; init; }

    /// <summary>First line, a screen's line: name of the campaign, of the screen.</summary>
    public string? Name { get; init; }

    /// <summary>A screen's line: name of its site.</summary>
    public string? Site { get; init; }

    /// <summary>A screen's line: how many plays of the campaign the server counts there in these days.</summary>
    public long? Counted { get; init; }

    /// <summary>A key's line: its fingerprint.</summary>
    public string? Key { get; init; }

    /// <summary>A key's line: SubjectPublicKeyInfo.</summary>
    public byte[]? PublicKey { get; init; }

    /// <summary>A key's line: when the server first had it from this screen.</summary>
    public DateTimeOffset? RegisteredAt { get; init; }

    /// <summary>A play's line: its number.</summary>
    public long? Number { get; init; }

    /// <summary>A play's line: what was signed, for a play of the campaign; null for others.</summary>
    public string? Payload { get; init; }

    /// <summary>A play's line: SHA-256 of the payload.</summary>
    public byte[]? Hash { get; init; }

    /// <summary>A play's line: link of the play before. With each signature, and where the play before is not here.</summary>
    public byte[]? Previous { get; init; }

    /// <summary>A play's line: the signature. Of each play of the campaign, and of the last play before a gap or the end.</summary>
    public byte[]? Signature { get; init; }

    /// <summary>Last line: how many lines are before it.</summary>
    public long? Lines { get; init; }

    /// <summary>Writes the line, without its end.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a line; null when it is none.</summary>
    /// <param name="text">The line, from anybody.</param>
    public static ProofLine? Read(string text)
    {
        if (text.Length > MaxLength) return null;
        try
        {
            return JsonSerializer.Deserialize<ProofLine>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
