using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;

namespace FaceAd.Tests.Accounts;

public sealed class FirstAdminTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Start_NobodyYet_MakesOneAdminWhosePasswordOnlyTheOperatorCanRead()
    {
        var file = Path.Combine(app.Folder, "first-admin.txt");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var line = (await File.ReadAllTextAsync(file)).Trim().Split(' ');
        using var admin = await Visitor.SignedInAsync(app, line[0], line[1]);
        (await admin.Http.GetAsync("admin/approvals")).EnsureSuccessStatusCode();

        await app.Services.EnsureFirstAdminAsync(); // as a second start does
        Assert.Equal(string.Join(' ', line), (await File.ReadAllTextAsync(file)).Trim());
        Assert.DoesNotContain(app.Complaints, c => c.Contains(line[1], StringComparison.Ordinal));
    }
}
