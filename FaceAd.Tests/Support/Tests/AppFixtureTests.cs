namespace FaceAd.Tests.Support.Tests;

public sealed class AppFixtureTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Readyz_WithItsDatabase_IsHealthy()
    {
        using var client = app.NewClient();
        Assert.Equal("Healthy", await client.GetStringAsync("readyz"));
    }

    [Fact]
    public async Task Browser_OpensTheApp_OnRealKestrel()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await context.NewPageAsync();
        var answer = await page.GotoAsync("healthz");
        Assert.Equal(200, answer!.Status);
    }
}
