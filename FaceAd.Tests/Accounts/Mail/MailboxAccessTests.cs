using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts.Mail;

public sealed class MailboxAccessTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Theory]
    [InlineData("Development", false, true)]
    [InlineData("Production", false, false)]
    [InlineData("Production", true, true)]
    public void TakeKey_BrowserOnThisMachineWithoutAccount_OnlyWhileDevelopingOrWhereItIsSaid(
        string environment, bool open, bool expected)
    {
        var (access, folder) = New(environment, open);
        var file = Path.Combine(folder, MailboxAccess.KeyFile);
        Assert.Equal(expected, File.Exists(file));
        Assert.Equal(expected, access.Link is not null);
        Assert.Equal(expected, access.TakeKey(Request(expected ? File.ReadAllText(file).Trim() : "")));
        Assert.False(access.IsOpenTo(Request(""))); // the key is left in the browser, and this is another one
        if (expected) Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Link_NextStart_HasAnotherKey()
    {
        var folder = TestFolders.New("data");
        var (first, _) = New("Development", false, folder);
        var (second, _) = New("Development", false, folder);
        Assert.NotEqual(first.Link, second.Link);
        Assert.False(second.TakeKey(Request(first.Link!.Split('=')[1])));
    }

    private static (MailboxAccess Access, string Folder) New(string environment, bool open, string? folder = null)
    {
        folder ??= TestFolders.New("data");
        var options = Options.Create(new MailOptions { OpenMailbox = open });
        using var mailbox = new Mailbox(options, null!, TimeProvider.System);
        var host = new HostingEnvironment { EnvironmentName = environment };
        return (new MailboxAccess(mailbox, host, options, new DataFolder(folder)), folder);
    }

    private static DefaultHttpContext Request(string key)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        (context.Request.Host, context.Request.QueryString) = (new HostString("localhost"), QueryString.Create("key", key));
        return context;
    }
}
