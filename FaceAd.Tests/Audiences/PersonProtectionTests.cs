using System.Security.Cryptography;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Audiences;

public sealed class PersonProtectionTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly EphemeralDataProtectionProvider _ring = new();
    private TestDatabase _database = null!;
    private ScreenEntry _screen = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var db = _database.Contexts.CreateDbContext();
        (_, _, _screen, _) = await Sample.AddSiteAsync(db);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Template_InTheDatabase_IsNeitherTheEmbeddingNorReadableForAnotherPersonOrKey()
    {
        var person = await RideAsync(Facts.NewRecogniser(_database, _clock, _ring), face: 1);
        await using var db = _database.Contexts.CreateDbContext();
        var row = await db.Persons.AsNoTracking().SingleAsync(p => p.Id == person);
        var view = Sample.Face(1, 0.2, 1);
        for (var at = 0; at + 64 <= view.Length; at += 64) Assert.Equal(-1, row.Template.AsSpan().IndexOf(view.AsSpan(at, 64)));

        var keys = Facts.NewKeys(_database, _clock, _ring);
        var cipher = (await keys.GetAsync(row.SiteId, row.Epoch))!.Cipher;
        Assert.NotEmpty(cipher.Unprotect(person, row.Template));
        Assert.ThrowsAny<CryptographicException>(() => cipher.Unprotect(Guid.NewGuid(), row.Template));
        var other = (await keys.GetAsync(row.SiteId, row.Epoch + 1))!.Cipher;
        Assert.ThrowsAny<CryptographicException>(() => other.Unprotect(person, row.Template));
        row.Template[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => cipher.Unprotect(person, row.Template));
        Assert.ThrowsAny<CryptographicException>(() => cipher.Unprotect(person, [1, 2, 3]));
    }

    [Fact]
    public async Task Recognise_AfterARestart_KnowsTheSamePerson()
    {
        var person = await RideAsync(Facts.NewRecogniser(_database, _clock, _ring), face: 1);
        var after = Facts.NewRecogniser(_database, _clock, _ring);
        Assert.Equal(person, await RideAsync(after, face: 1));
        Assert.NotEqual(person, await RideAsync(after, face: 2));
    }

    [Fact]
    public async Task Recognise_KeyRingLost_CountsAnewAndGoesOn()
    {
        var person = await RideAsync(Facts.NewRecogniser(_database, _clock, _ring), face: 1);
        var without = Facts.NewRecogniser(_database, _clock, new EphemeralDataProtectionProvider());
        Assert.NotEqual(person, await RideAsync(without, face: 1));
    }

    [Fact]
    public async Task Recognise_NextEpoch_IsAnotherPerson()
    {
        var recogniser = Facts.NewRecogniser(_database, _clock, _ring);
        var person = await RideAsync(recogniser, face: 1);
        Assert.NotEqual(person, await RideAsync(recogniser, face: 1, at: Sample.Noon.AddDays(SiteCalendar.EpochDays)));
    }

    [Fact]
    public async Task Recognise_ViewsThatAreNoDirections_AreIgnored()
    {
        var recogniser = Facts.NewRecogniser(_database, _clock, _ring);
        var nan = Enumerable.Repeat(BitConverter.GetBytes(Half.NaN), PresenceReport.EmbeddingLength).SelectMany(b => b).ToArray();
        var viewer = Sample.Viewer(
            Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(3), inView: false, views: [new byte[PresenceReport.ViewBytes], nan]);
        var recognition = await recogniser.RecogniseAsync(
            _screen, Sample.Report(Guid.NewGuid(), 1, Sample.Noon, viewer.To, AudienceState.Closed, viewer));
        Assert.Empty(recognition.NewPersons);
        Assert.Empty(recognition.PersonOf);
    }

    [Fact]
    public async Task Recognise_Child_IsNeverMatched()
    {
        var recogniser = Facts.NewRecogniser(_database, _clock, _ring);
        var viewer = Sample.Viewer(
            Segment.Kids, Sample.Noon, Sample.Noon.AddSeconds(3), inView: false, views: [Sample.Face(1), Sample.Face(1)]);
        Assert.Empty(
            (await recogniser.RecogniseAsync(_screen,
                Sample.Report(Guid.NewGuid(), 1, Sample.Noon, viewer.To, AudienceState.Closed, viewer))).PersonOf);
    }

    [Fact]
    public async Task Template_AfterAClearPresence_GrowsInTheDatabaseAndSurvivesARestart()
    {
        var recogniser = Facts.NewRecogniser(_database, _clock, _ring);
        var person = await RideAsync(recogniser, 0, 0.05);
        Assert.Equal(2, (await TemplateAsync(person)).Count);
        Assert.NotEqual(person, await RideAsync(Facts.NewRecogniser(_database, _clock, _ring), 1.6, 1.6, write: false));

        Assert.Equal(person, await RideAsync(recogniser, 0.8, 0.81));

        Assert.Equal(3, (await TemplateAsync(person)).Count); // the two views of this presence are nearly the same
        Assert.Equal(person, await RideAsync(Facts.NewRecogniser(_database, _clock, _ring), 1.6, 1.6));
    }

    [Fact]
    public async Task Template_AfterADoubtfulPresenceOrAChild_IsTheSameBytes()
    {
        var recogniser = Facts.NewRecogniser(_database, _clock, _ring);
        var person = await RideAsync(recogniser, 0, 0.05);
        var before = await RowAsync(person);

        Assert.Equal(person, await RideAsync(recogniser, 1.07, 1.07)); // a cosine of .52: matches, and is not clear
        Assert.Equal(before.Template, (await RowAsync(person)).Template);

        // Taken for an adult at first, for a child at the end.
        var viewer = Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(3), views: [At(0.8), At(0.8)]);
        var audience = Guid.NewGuid();
        var first = await recogniser.RecogniseAsync(
            _screen, Sample.Report(audience, 1, Sample.Noon, viewer.To, AudienceState.Open, viewer));
        Assert.Equal(person, first.PersonOf[viewer.PresenceId]);
        var child = viewer with { Segments = Sample.Surely(Segment.Kids), InView = false, Views = [] };
        var last = await recogniser.RecogniseAsync(
            _screen, Sample.Report(audience, 2, Sample.Noon, viewer.To, AudienceState.Closed, child));
        Assert.Empty(last.Templates);
    }

    /// <summary>A ride whose two views lie at angles (radians) in one plane.</summary>
    private async Task<Guid> RideAsync(PersonRecogniser recogniser, double first, double second, bool write = true)
    {
        var viewer = Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon.AddSeconds(3), inView: false, views: [At(first), At(second)]);
        var report = Sample.Report(Guid.NewGuid(), 1, Sample.Noon, viewer.To, AudienceState.Closed, viewer);
        var recognition = await recogniser.RecogniseAsync(_screen, report);
        await using var facts = new Facts(_database, _clock);
        if (write) await facts.Store.WriteAsync([(_screen, report, recognition)], default);
        return Assert.Single(recognition.PersonOf).Value;
    }

    private async Task<Person> RowAsync(Guid person)
    {
        await using var db = _database.Contexts.CreateDbContext();
        return await db.Persons.AsNoTracking().SingleAsync(p => p.Id == person);
    }

    private async Task<IReadOnlyList<float[]>> TemplateAsync(Guid person)
    {
        var row = await RowAsync(person);
        var key = await Facts.NewKeys(_database, _clock, _ring).GetAsync(row.SiteId, row.Epoch);
        return FaceTemplate.Unpack(key!.Cipher.Unprotect(person, row.Template));
    }

    private static byte[] At(double angle)
    {
        var view = new float[PresenceReport.EmbeddingLength];
        (view[0], view[1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        return Sample.View(view);
    }

    private async Task<Guid> RideAsync(PersonRecogniser recogniser, int face, DateTimeOffset? at = null)
    {
        var from = at ?? Sample.Noon;
        var viewer = Sample.Viewer(
            Segment.Men2030, from, from.AddSeconds(3), inView: false, views: [Sample.Face(face, 0.2, 1), Sample.Face(face, 0.2, 2)]);
        var report = Sample.Report(Guid.NewGuid(), 1, from, viewer.To, AudienceState.Closed, viewer);
        var recognition = await recogniser.RecogniseAsync(_screen, report);
        await using var facts = new Facts(_database, _clock);
        await facts.Store.WriteAsync([(_screen, report, recognition)], default);
        return Assert.Single(recognition.PersonOf).Value;
    }
}
