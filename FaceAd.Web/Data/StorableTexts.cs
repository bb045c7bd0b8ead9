using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FaceAd.Web.Data;

/// <summary>
/// Makes every text that EF Core sends storable, wherever it came in: else the whole statement would fail, with the rows of others in it.
/// </summary>
sealed class StorableTexts : DbCommandInterceptor
{
    /// <summary>The only one: it has no state.</summary>
    public static StorableTexts Instance { get; } = new();

    /// <inheritdoc/>
    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        foreach (DbParameter parameter in result.Parameters)
        {
            if (StorableText.Of(parameter.Value) is var value && !ReferenceEquals(value, parameter.Value)) parameter.Value = value;
        }
        return result;
    }
}
