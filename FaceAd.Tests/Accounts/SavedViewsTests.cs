using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Views;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts;

/// <summary>Views of lists that a person saves.</summary>
public sealed class SavedViewsTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private SavedViews Views => app.Services.GetRequiredService<SavedViews>();

    [Fact]
    public async Task SaveAsync_RenamedDeletedAndTakenBack_IsTheirsAlone()
    {
        var (one, two) = (await app.ViewerAsync(RolesFixture.Analyst), await app.ViewerAsync(RolesFixture.Member));
        Assert.Null(await Views.SaveAsync(one, SavedList.Campaigns, " Running ", "?state=Running&sort=Reach&page=3"));
        Assert.Equal(SavedViewProblem.Taken, await Views.SaveAsync(one, SavedList.Campaigns, "Running", "?q=x"));
        Assert.Null(await Views.SaveAsync(one, SavedList.Screens, "Running", ""));
        var view = Assert.Single(await Views.ListAsync(one, SavedList.Campaigns));
        Assert.Equal(("Running", "campaigns?state=Running&sort=Reach"), (view.Name, SavedViews.AddressOf(view)));
        Assert.Empty(await Views.ListAsync(two, SavedList.Campaigns));

        Assert.Equal(SavedViewProblem.Gone, await Views.RenameAsync(two, view.Id, "Mine"));
        await Views.DeleteAsync(two, view.Id);
        Assert.Equal("Running", Assert.Single(await Views.ListAsync(one, SavedList.Campaigns)).Name);
        Assert.Null(await Views.RenameAsync(one, view.Id, "By Reach"));
        await Views.DeleteAsync(one, view.Id);
        Assert.Empty(await Views.ListAsync(one, SavedList.Campaigns));
        Assert.Null(await Views.SaveAsync(one, view.List, "By Reach", view.Query));
    }

    [Theory]
    [InlineData("//evil.example/?q=1", "campaigns")]
    [InlineData("?q=//evil.example&returnUrl=https://evil.example", "campaigns?q=%2F%2Fevil.example")]
    [InlineData("javascript:alert(1)", "campaigns")]
    [InlineData("?q=a#https://evil.example", "campaigns?q=a%23https%3A%2F%2Fevil.example")]
    [InlineData("?q=a&q=b&deleted=x&after=y", "campaigns?q=a")]
    public void AddressOf_WhateverWasStored_LeadsToItsListAndKeepsWhatThatKnows(string query, string expected) =>
        Assert.Equal(expected, SavedViews.AddressOf(
            new SavedView { UserId = Guid.NewGuid(), List = SavedList.Campaigns, Name = "View", Query = query }));

    [Fact]
    public async Task SaveAsync_HostileOrTooMuch_IsRefusedAndGoesWithThePerson()
    {
        var (id, email) = await app.AddUserAsync(app.First, Roles.Analyst);
        var viewer = await app.ViewerAsync(email);
        foreach (var name in new[] { null, "", "  ", "a\0b", "a\nb", "\ud800", new string('x', SavedView.MaxName + 1) })
            Assert.Equal(SavedViewProblem.Name, await Views.SaveAsync(viewer, SavedList.Audit, name, ""));
        foreach (var query in new[] { "?q=%00", "?q=" + new string('x', SavedViews.MaxQuery), new string('&', 10_000) })
            Assert.Equal(SavedViewProblem.Gone, await Views.SaveAsync(viewer, SavedList.Audit, "View", query));
        // All at once, and no more than there may be.
        var answers = await Task.WhenAll(Enumerable.Range(0, SavedViews.Most + 3)
            .Select(i => Views.SaveAsync(viewer, SavedList.Audit, $"View {i}", "?q=1")));
        Assert.Equal(3, answers.Count(a => a == SavedViewProblem.Full));

        await using var db = app.NewContext();
        await db.Users.Where(u => u.Id == id).ExecuteDeleteAsync();
        Assert.False(await db.Set<SavedView>().AnyAsync(v => v.UserId == id));
    }
}
