using FaceAd.Core.Decisions;
using Microsoft.AspNetCore.Http.Metadata;

namespace FaceAd.Web.Api.Description;

/// <summary>The types of which request bodies are made: what may be absent there is not required.</summary>
sealed class InputTypes(EndpointDataSource endpoints)
{
    private readonly Lazy<HashSet<Type>> _types = new(() =>
    {
        HashSet<Type> types = [];
        foreach (var endpoint in endpoints.Endpoints)
        {
            if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body) Add(body, types);
        }
        return types;
    });

    /// <summary>Whether a request's body may contain it.</summary>
    public bool Has(Type type) => _types.Value.Contains(type);

    /// <summary>Whether a type belongs to the API, and not to the framework or to other stages.</summary>
    public static bool IsOfApi(Type type) =>
        type == typeof(Flight) || type.Namespace?.StartsWith(typeof(ApiSetup).Namespace!, StringComparison.Ordinal) == true;

    private static void Add(Type type, HashSet<Type> types)
    {
        foreach (var part in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments()) Add(part, types);
        if (!IsOfApi(type) || !types.Add(type)) return;
        foreach (var property in type.GetProperties()) Add(property.PropertyType, types);
    }
}
