using System.Net;
using System.Net.Sockets;
using FaceAd.Tests.Support;
using FaceAd.Web;
using FaceAd.Web.Hosting;

namespace FaceAd.Tests.EndToEnd;

/// <summary>What the web app cannot start with ends it with one line that names the option, before it touches a database.</summary>
public sealed class StartRefusalTests
{
    // Nobody listens there: it is found out last.
    private const string NoDatabase = "Host=127.0.0.1;Port=1;Timeout=5";

    [Theory]
    [InlineData("Nodes:Address must be an http or https address", "--Nodes:Address", "web-1")]
    [InlineData("Privacy:Grace is 29.00:00:00", "--Privacy:Grace", "29.00:00:00")]
    [InlineData("Privacy:Grace", "--Privacy:Grace", "two days")]
    [InlineData("Retention:RawDays is 1", "--Retention:RawDays", "1")]
    [InlineData("Accounts:Idle must be longer", "--Accounts:Idle", "00:00:30")]
    [InlineData("Accounts:Idle", "--Accounts:Idle", "half an hour")]
    [InlineData("must be at least 1", "--Accounts:TriesPerMinute", "0")]
    [InlineData("Media:MaxUploadBytes", "--Media:MaxUploadBytes", "0")]
    [InlineData("Exposures:Threshold", "--Exposures:Threshold", "one second")]
    [InlineData("Webhooks:AllowPrivate", "--Webhooks:AllowPrivate", "perhaps")]
    [InlineData("Mail:SiteAddress", "--Mail:Smtp:Host", "smtp.example.com")]
    [InlineData("Mail:SiteAddress must be an http or https address", "--Mail:SiteAddress", "ads.example.com")]
    [InlineData("Proxies: 'proxy.internal' is neither", "--Proxies", "127.0.0.1, proxy.internal")]
    [InlineData("Proxies: '10.0.0.5/99' is neither", "--Proxies", "10.0.0.5/99")]
    [InlineData("set Proxies", "--ForwardedHeaders_Enabled", "true")]
    [InlineData("Dashboard:TimeZone is 'Moon/Crater'", "--Dashboard:TimeZone", "Moon/Crater")]
    [InlineData("Urls: http://127.0.0.1:70000", "--urls", "http://127.0.0.1:70000")]
    [InlineData("Urls: nonsense", "--urls", "nonsense")]
    [InlineData("set Data:Folder", "--Data:Folder", "/sys")]
    [InlineData("set Media:UploadFolder", "--Media:UploadFolder", "/sys/uploads")]
    [InlineData("ConnectionStrings:FaceAd", "--ConnectionStrings:FaceAd", "nonsense")]
    [InlineData("ConnectionStrings:Direct", "--ConnectionStrings:Direct", "nonsense")]
    public async Task Start_SettingThatCannotWork_IsRefusedInOneLine(string says, string option, string value)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => WebServer.RunAsync([.. Settings(TestFolders.New("data")), option, value]));
        var line = StartException.LineOf(refused);
        Assert.NotNull(line);
        Assert.DoesNotContain('\n', line);
        Assert.Contains(says, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Accounts:Idle", "--Accounts:Idle", "half an hour")]
    [InlineData("Proxies: 'proxy.internal' is neither", "--Proxies", "127.0.0.1, proxy.internal")]
    [InlineData("The database cannot be used", "--ConnectionStrings:FaceAd", NoDatabase)]
    public async Task Program_SettingThatCannotWork_EndsWithOneLine(string says, string option, string value) =>
        await AssertRefusedAsync(says, TestFolders.New("data"), option, value);

    [Fact]
    public async Task Start_KeyFolderIsReadOnly_EndsWithOneLine()
    {
        var data = TestFolders.New("data");
        Directory.CreateSymbolicLink(Path.Combine(data, "keys"), "/sys"); // nobody may write there, not even root
        await AssertRefusedAsync("The key folder", data);
    }

    [Fact]
    public async Task Start_PortInUse_EndsWithOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await AssertRefusedAsync("cannot be listened on", TestFolders.New("data"), "--urls", $"http://{other.LocalEndpoint}");
    }

    // The later one of two settings with the same key counts.
    private static string[] Settings(string data) =>
    [
        "--urls", "http://127.0.0.1:0", "--Data:Folder", data, "--Models:Folder", Support.Models.Folder,
        "--ConnectionStrings:FaceAd", NoDatabase,
    ];

    private static async Task AssertRefusedAsync(string says, string data, params string[] settings)
    {
        var (code, output, errors) = await Programs.RunAsync(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "FaceAd.Web.dll"), .. Settings(data), .. settings], TestFolders.New("empty"));
        Assert.Equal(1, code);
        var line = Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.StartsWith("facead-web: ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }
}
