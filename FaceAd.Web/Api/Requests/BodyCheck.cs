using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FaceAd.Web.Api.Requests;

/// <summary>Looks for what a body has and its type has not.</summary>
static class BodyCheck
{
    /// <summary>The places of members that a type does not know, such as <c>$.flights[0].endOn</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="type">What it is to be.</param>
    /// <param name="options">How it is read.</param>
    public static IEnumerable<string> Unknown(JsonElement body, Type type, JsonSerializerOptions options) =>
        Unknown(body, Of(type, options), "$");

    private static IEnumerable<string> Unknown(JsonElement value, JsonTypeInfo type, string path) => (type.Kind, value.ValueKind) switch
    {
        (JsonTypeInfoKind.Object, JsonValueKind.Object) => value.EnumerateObject().SelectMany(m => Member(m, type, path)),
        (JsonTypeInfoKind.Enumerable, JsonValueKind.Array) when type.ElementType is { } element =>
            value.EnumerateArray().SelectMany((item, i) => Unknown(item, Of(element, type.Options), $"{path}[{i}]")),
        (JsonTypeInfoKind.Dictionary, JsonValueKind.Object) when type.ElementType is { } element => value.EnumerateObject()
            .SelectMany(entry => Unknown(entry.Value, Of(element, type.Options), $"{path}.{Short(entry.Name)}")),
        _ => [],
    };

    private static IEnumerable<string> Member(JsonProperty member, JsonTypeInfo type, string path)
    {
        var place = $"{path}.{Short(member.Name)}";
        var comparison = type.Options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return type.Properties.FirstOrDefault(p => p.Name.Equals(member.Name, comparison)) is { } known
            ? Unknown(member.Value, Of(known.PropertyType, type.Options), place)
            : type.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow ? [place] : [];
    }

    private static JsonTypeInfo Of(Type type, JsonSerializerOptions options) =>
        options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    /// <summary>A word of the caller's, for a text: cut where it has no end.</summary>
    public static string Short(string word) => word.Length > 40 ? word[..40] + "…" : word;
}
