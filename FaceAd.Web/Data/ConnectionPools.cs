using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>
/// Shares one limit of connections out to pages and to screens, so that pages, however many are open, never take those of the screens.
/// </summary>
/// <param name="Pages">Connection string of pages, the API and the work behind them. Nobody waits longer than
/// <see cref="PagePatience"/> seconds for one of these connections.</param>
/// <param name="Screens">Connection string of what screens send, and of the decisions and exposures that follow from it.</param>
sealed record ConnectionPools(string Pages, string Screens)
{
    /// <summary>Seconds after which a page stops waiting for a connection: <see cref="DatabaseBusy"/>.</summary>
    public const int PagePatience = 5;

    // Queues and loops with a fixed number of writers serve the screens: this is enough for all of them at once.
    private const int MostForScreens = 12;

    /// <summary>Shares out the limit of a connection string: three tenths to screens, at most a dozen; at least one to each.</summary>
    /// <param name="connectionString">The connection string.</param>
    public static ConnectionPools Of(string connectionString)
    {
        var limit = new NpgsqlConnectionStringBuilder(connectionString).MaxPoolSize;
        var screens = Math.Clamp(limit * 3 / 10, 1, MostForScreens);
        var pages = Limited(connectionString, Math.Max(1, limit - screens), "facead pages");
        pages.Timeout = pages.Timeout is 0 or > PagePatience ? PagePatience : pages.Timeout;
        return new(pages.ConnectionString, Limited(connectionString, screens, "facead screens").ConnectionString);
    }

    private static NpgsqlConnectionStringBuilder Limited(string connectionString, int limit, string purpose)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = limit };
        builder.MinPoolSize = Math.Min(builder.MinPoolSize, limit);
        builder.ApplicationName ??= purpose;
        return builder;
    }
}

/// <summary>Marks a parameter that takes the connections of <see cref="ConnectionPools.Screens"/> instead of the pages'.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
sealed class ScreensPoolAttribute() : FromKeyedServicesAttribute(Name)
{
    /// <summary>Key of the services.</summary>
    public const string Name = "screens";
}
