using System.Security.Cryptography;
using FaceAd.Contracts;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Audiences;

/// <summary>What one report taught about persons, as it is written.</summary>
/// <param name="PersonOf">The person of each recognised presence in the report.</param>
/// <param name="NewPersons">Persons seen for the first time, templates encrypted.</param>
/// <param name="Templates">Known persons whose template has changed, encrypted.</param>
/// <param name="Segments">Persons whose segment became known, or was corrected within their first stay.</param>
sealed record Recognition(
    IReadOnlyDictionary<Guid, Guid> PersonOf,
    IReadOnlyList<Person> NewPersons,
    IReadOnlyDictionary<Guid, byte[]> Templates,
    IReadOnlyDictionary<Guid, Segment> Segments)
{
    /// <summary>The lease under which the persons were recognised; null where sites have no owners.</summary>
    public SiteLease? Lease { get; init; }
}

/// <summary>
/// Recognises returning persons. Holds a <see cref="PersonRegister"/> for each site's running epoch, read back from the database at
/// first need. Used by one thread: the audience writer.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="keys">Keys of the epochs.</param>
/// <param name="ownership">Who owns sites; null where nobody else could.</param>
sealed class PersonRecogniser(IDbContextFactory<FaceAdDbContext> contexts, EpochKeys keys, SiteOwnership? ownership = null)
{
    private readonly Dictionary<(Guid Site, int Epoch), (PersonRegister Register, TemplateCipher Cipher)> _registers = [];
    private readonly Dictionary<Guid, SiteLease> _leases = []; // those that the registers were read under

    /// <summary>Gives a lease up under which nothing could be written: the next report starts from what the database has.</summary>
    public Task GiveUpAsync(SiteLease? lease) => lease is { } lost && ownership is not null ? ownership.ReleaseAsync(lost) : Task.CompletedTask;

    /// <summary>
    /// Recognises whoever can be recognised by now. Only the loading of a site can fail (database down), and it fails
    /// before anything has changed, so that a call can be repeated.
    /// </summary>
    public async Task<Recognition> RecogniseAsync(ScreenEntry screen, AudienceReport report)
    {
        var epoch = screen.Calendar.EpochOf(screen.Calendar.DayOf(report.OpenedAt));
        var lease = await LeaseAsync(screen.SiteId);
        var (register, cipher) = await LoadAsync(screen.SiteId, epoch);
        var recognised = register.Recognise(screen.Id, report);
        var fresh = recognised.New.Select(n => new Person
        {
            Id = n.Person,
            SiteId = screen.SiteId,
            Epoch = epoch,
            Segment = Segment.Unknown,
            FirstSeenAt = n.FirstSeenAt,
            Template = Protect(n.Person),
        }).ToList();
        var changed = recognised.Templates.Keys.Except(fresh.Select(p => p.Id)).ToDictionary(id => id, Protect);
        return new Recognition(recognised.PersonOf, fresh, changed, recognised.Segments) { Lease = lease };

        byte[] Protect(Guid person) => cipher.Protect(person, FaceTemplate.Write(recognised.Templates[person]));
    }

    // What another node may have written since is not in the registers of an earlier lease.
    private async Task<SiteLease?> LeaseAsync(Guid siteId)
    {
        if (ownership is null) return null;
        var lease = await ownership.LeaseAsync(siteId);
        foreach (var (site, _) in _leases.Where(l => l.Key == siteId ? l.Value != lease : ownership.Find(l.Key) != l.Value).ToList())
        {
            _leases.Remove(site);
            foreach (var key in _registers.Keys.Where(k => k.Site == site).ToList()) _registers.Remove(key);
        }
        _leases[siteId] = lease;
        return lease;
    }

    private async Task<(PersonRegister Register, TemplateCipher Cipher)> LoadAsync(Guid siteId, int epoch)
    {
        if (_registers.TryGetValue((siteId, epoch), out var known)) return known;
        var (register, cipher) = (new PersonRegister(), await keys.GetAsync(siteId, epoch));
        await using var db = await contexts.CreateDbContextAsync();
        await foreach (var person in db.Persons.AsNoTracking().Where(p => p.SiteId == siteId && p.Epoch == epoch).AsAsyncEnumerable())
            register.Restore(person.Id, person.Segment, ReadViews(cipher, person));
        // A late report may still ask for the epoch before; anything older has no business in memory.
        foreach (var old in _registers.Keys.Where(k => k.Site == siteId && k.Epoch < epoch - 1).ToList()) _registers.Remove(old);
        return _registers[(siteId, epoch)] = (register, cipher);
    }

    private static IReadOnlyList<float[]> ReadViews(TemplateCipher cipher, Person person)
    {
        try
        {
            return FaceTemplate.ReadAll(cipher.Unprotect(person.Id, person.Template));
        }
        catch (CryptographicException)
        {
            // Encrypted under a key that is lost, or changed by somebody: this person cannot be recognised any more.
            return [];
        }
    }
}
