using System.Net;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Mail;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Accounts.Mail;

public sealed class MailboxAccessTests
{
    [Theory]
    [InlineData("Development", false, true)]
    [InlineData("Production", false, false)]
    [InlineData("Production", true, true)]
    public void IsOpenTo_BrowserOnThisMachineWithoutAccount_OnlyWhileDevelopingOrWhereItIsSaid(string environment, bool open, bool expected)
    {
        var options = Options.Create(new MailOptions { OpenMailbox = open });
        using var mailbox = new Mailbox(options, null!, TimeProvider.System);
        var access = new MailboxAccess(mailbox, new HostingEnvironment { EnvironmentName = environment }, options);
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        context.Request.Host = new HostString("localhost");
        Assert.Equal(expected, access.IsOpenTo(context));
    }
}
