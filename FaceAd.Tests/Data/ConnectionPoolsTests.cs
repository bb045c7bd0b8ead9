using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Tests.Data;

public sealed class ConnectionPoolsTests
{
    [Theory]
    [InlineData(100, 88, 12)]
    [InlineData(40, 28, 12)]
    [InlineData(15, 11, 4)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 1, 1)]
    public void Of_Limit_IsSharedOut(int limit, int pages, int screens)
    {
        var pools = ConnectionPools.Of($"Host=db;Maximum Pool Size={limit}");
        Assert.Equal((pages, screens), (Read(pools.Pages).MaxPoolSize, Read(pools.Screens).MaxPoolSize));
    }

    [Theory]
    [InlineData(15, 5)]
    [InlineData(0, 5)] // for ever
    [InlineData(3, 3)]
    public void Of_Timeout_IsShortForPagesAndKeptForScreens(int timeout, int pages)
    {
        var pools = ConnectionPools.Of($"Host=db;Timeout={timeout}");
        Assert.Equal((pages, timeout), (Read(pools.Pages).Timeout, Read(pools.Screens).Timeout));
    }

    [Fact]
    public void Of_OtherSettings_AreKept()
    {
        var pools = ConnectionPools.Of("Host=db;Password=secret;Minimum Pool Size=20;Maximum Pool Size=40;Application Name=ours");
        Assert.All(new[] { pools.Pages, pools.Screens }, pool =>
            Assert.Equal(("db", "secret", "ours"), (Read(pool).Host, Read(pool).Password, Read(pool).ApplicationName)));
        Assert.Equal((20, 12), (Read(pools.Pages).MinPoolSize, Read(pools.Screens).MinPoolSize));
    }

    private static NpgsqlConnectionStringBuilder Read(string connectionString) => new(connectionString);
}
