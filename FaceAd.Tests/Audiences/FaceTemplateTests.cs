using System.Security.Cryptography;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Tests.Audiences;

public sealed class FaceTemplateTests
{
    [Fact]
    public void Pack_AnyNumberOfViews_HasOneLengthAlsoWhenEncrypted()
    {
        var cipher = new TemplateCipher(RandomNumberGenerator.GetBytes(32));
        var lengths = Enumerable.Range(0, 10).Select(n => cipher.Protect(Guid.NewGuid(), FaceTemplate.Pack(Views(n))).Length);
        Assert.Equal(FaceTemplate.PackedBytes + 28, Assert.Single(lengths.Distinct()));
    }

    [Fact]
    public void Unpack_WhatWasPacked_IsNearlyTheSameViews()
    {
        for (var count = 0; count <= PersonMatcher.MaxViews; count++)
        {
            var views = Views(count);
            var read = FaceTemplate.Unpack(FaceTemplate.Pack(views));
            Assert.Equal(count, read.Count);
            for (var v = 0; v < count; v++) Assert.True(ViewCosine.Of(views[v], read[v]) > 0.9998);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(FaceTemplate.PackedBytes - 1)]
    [InlineData(FaceTemplate.PackedBytes)] // of a format that is not known
    [InlineData(FaceTemplate.PackedBytes + 512)]
    public void Unpack_UnknownForm_IsNobody(int length) => Assert.Empty(FaceTemplate.Unpack(new byte[length]));

    [Fact]
    public void Wipe_Cipher_EncryptsNothingAnyMore()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var cipher = new TemplateCipher(key);
        cipher.Wipe();
        Assert.All(key, b => Assert.Equal(0, b));
        Assert.Throws<ObjectDisposedException>(() => cipher.Protect(Guid.NewGuid(), [1]));
    }

    private static float[][] Views(int count) => [.. Enumerable.Range(1, count).Select(seed => FaceTemplate.Read(Sample.Face(seed))!)];
}
