using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace FaceAd.Web.Api.Requests;

/// <summary>Refuses words in the query that an endpoint does not know: a misspelt filter would answer for everything.</summary>
static class QueryWords
{
    private const int MostNamed = 10;

    /// <summary>The filter of an endpoint, from its handler.</summary>
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var known = context.MethodInfo.GetParameters().SelectMany(WordsOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return async invocation =>
        {
            var unknown = invocation.HttpContext.Request.Query.Keys.Where(word => !known.Contains(word)).Take(MostNamed).ToList();
            return unknown.Count == 0 ? await next(invocation)
                : ApiProblem.Of(400, "Query", string.Join(", ", unknown.Select(BodyCheck.Short)), string.Join(", ", known.Order()));
        };
    }

    private static IEnumerable<string> WordsOf(ParameterInfo parameter)
    {
        if (parameter.IsDefined(typeof(AsParametersAttribute)))
        {
            return parameter.ParameterType.GetProperties()
                .Where(p => IsWord(p.PropertyType)).Select(p => NameOf(p.GetCustomAttributes()) ?? p.Name);
        }
        var attributes = parameter.GetCustomAttributes().ToList();
        return attributes.Any(a => a is IFromHeaderMetadata or IFromBodyMetadata or IFromServiceMetadata or IFromRouteMetadata)
            || !IsWord(parameter.ParameterType) ? [] : [NameOf(attributes) ?? parameter.Name!];
    }

    private static string? NameOf(IEnumerable<Attribute> attributes) => attributes.OfType<IFromQueryMetadata>().FirstOrDefault()?.Name;

    private static bool IsWord(Type type)
    {
        var one = type.IsArray ? type.GetElementType()! : type;
        one = Nullable.GetUnderlyingType(one) ?? one;
        return one == typeof(string) || (one.IsValueType && one != typeof(CancellationToken));
    }
}
