using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Http;

namespace FaceAd.Tests.Audiences;

/// <summary>Which reports of a device the server takes, by the way they came and by the screen's mode.</summary>
public sealed class ViewsTravelTests
{
    [Theory]
    [InlineData("https", "203.0.113.7", true)]
    [InlineData("http", "127.0.0.1", true)]
    [InlineData("http", "::ffff:127.0.0.1", true)]
    [InlineData("http", "::1", true)]
    [InlineData("http", "203.0.113.7", false)]
    [InlineData("http", "10.0.0.7", false)]
    [InlineData("http", null, false)]
    public void IsPrivate_OverTlsOrFromThisMachine(string scheme, string? remote, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = scheme;
        http.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        Assert.Equal(expected, AudiencesSetup.IsPrivate(http));
    }

    [Fact]
    public void Takes_ModeNeverChanged_OnlyItsOwnOrigin()
    {
        var screen = Screen(InferenceMode.Server, DateTimeOffset.MinValue);
        Assert.True(screen.Takes(InferenceMode.Server, Sample.Noon));
        Assert.False(screen.Takes(InferenceMode.Device, Sample.Noon));
    }

    [Fact]
    public void Takes_ModeHasChanged_WhatWasSeenBeforeAndForAGraceAfter()
    {
        var screen = Screen(InferenceMode.Server, Sample.Noon);
        Assert.True(screen.Takes(InferenceMode.Device, Sample.Noon.AddHours(-1)));
        Assert.True(screen.Takes(InferenceMode.Device, Sample.Noon + InferenceHandover.Patience));
        Assert.False(screen.Takes(InferenceMode.Device, Sample.Noon + InferenceHandover.Grace + TimeSpan.FromSeconds(1)));
    }

    private static ScreenEntry Screen(InferenceMode mode, DateTimeOffset since) =>
        new(Guid.NewGuid(), "A", Guid.NewGuid(), "Tower", mode, true, "", Sample.Calendar) { ModeSince = since };
}
