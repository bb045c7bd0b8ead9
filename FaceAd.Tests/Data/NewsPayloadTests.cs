using System.Text;
using FaceAd.Web.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Data;

public sealed class NewsPayloadTests
{
    [Fact]
    public void Write_AnyThings_AreReadBackOnceEachAndFitIntoNotify() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(bool Site, Guid Id)[]>(), things =>
            {
                var all = things.Concat(things).Select(t => (t.Site ? NewsKind.Site : NewsKind.Campaign, t.Id)).ToList();
                var heard = NewsPayload.Write(all).Select(NewsPayload.Read).ToList();
                Assert.All(heard, h => Assert.False(h.Everything));
                Assert.Equal(
                    all.Distinct().OrderBy(t => t),
                    heard.SelectMany(h => h.Campaigns.Select(id => (NewsKind.Campaign, id))
                        .Concat(h.Sites.Select(id => (NewsKind.Site, id)))).OrderBy(t => t));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_PeopleErased_NamesTheSitesAndNothingElse()
    {
        var site = Guid.NewGuid();
        var heard = NewsPayload.Read(Assert.Single(NewsPayload.Write([(NewsKind.Erased, site)])));
        Assert.Equal([site], heard.Erased);
        Assert.Equal((false, 0, 0), (heard.Everything, heard.Sites.Count, heard.Campaigns.Count));
    }

    [Theory]
    [InlineData(NewsPayload.MostThings, 1)]
    [InlineData(NewsPayload.MostThings + 1, 2)]
    [InlineData(NewsPayload.MostThings * NewsPayload.MostPayloads, NewsPayload.MostPayloads)]
    public void Write_ManyThings_EachPayloadStaysBelowTheLimit(int things, int payloads)
    {
        var written = NewsPayload.Write(Enumerable.Range(0, things).Select(_ => (NewsKind.Campaign, Guid.NewGuid())));
        Assert.Equal(payloads, written.Count);
        Assert.All(written, payload => Assert.InRange(Encoding.UTF8.GetByteCount(payload), 1, 7_999));
        Assert.Equal(things, written.Sum(payload => NewsPayload.Read(payload).Campaigns.Count));
    }

    [Fact]
    public void Write_TooManyThings_MeansEverything()
    {
        var written = NewsPayload.Write(
            Enumerable.Range(0, (NewsPayload.MostThings * NewsPayload.MostPayloads) + 1).Select(_ => (NewsKind.Site, Guid.NewGuid())));
        Assert.True(NewsPayload.Read(Assert.Single(written)).Everything);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("9AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1????????????????????AA")]
    public void Read_WhatNobodyOfOursWrote_MeansEverything(string payload) => Assert.True(NewsPayload.Read(payload).Everything);
}
