using FaceAd.Web.Accounts;

namespace FaceAd.Tests.Accounts;

/// <summary>Which addresses are taken, and how they are written down.</summary>
public sealed class AccountRulesTests
{
    [Theory]
    [InlineData(" Name@Example.COM ", "name@example.com")]
    [InlineData("admin@localhost", "admin@localhost")]
    [InlineData("first.last+tag@mail.example.co.kr", "first.last+tag@mail.example.co.kr")]
    [InlineData("name@한국.kr", "name@xn--3e0b707e.kr")] // as a browser sends it
    [InlineData("name@xn--3e0b707e.kr", "name@xn--3e0b707e.kr")]
    [InlineData("사용자@한국.kr", "사용자@xn--3e0b707e.kr")]
    [InlineData("JOSÉ@example.com", "josé@example.com")]
    [InlineData("jose\u0301@example.com", "josé@example.com")]
    [InlineData("J\u030c@example.com", "\u01f0@example.com")] // one character in lower case, two in upper case
    public void Email_AnAddress_IsKeptInOneSpelling(string typed, string kept) => Assert.Equal(kept, AccountRules.Email(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("name@")]
    [InlineData("@example.com")]
    [InlineData("a@b@example.com")]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("Name <name@example.com>")]
    [InlineData("name@example.com\r\nBcc: b@example.com")]
    [InlineData("a..b@example.com")]
    [InlineData("name@-.한국")]
    [InlineData("name@example.com\u202e")]
    [InlineData("\ud800@example.com")]
    [InlineData("na\u3000me@example.com")]
    [InlineData("ſam@example.com")] // in upper case it would be sam's
    [InlineData("사용자사용자사용자사용자사용자사용자사용자사용자@example.com")] // 72 bytes before the @
    public void Email_NoneOrNotOne_IsRefused(string? typed) => Assert.Null(AccountRules.Email(typed));
}
