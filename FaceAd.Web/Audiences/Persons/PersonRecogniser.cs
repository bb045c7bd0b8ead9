using System.Security.Cryptography;
using FaceAd.Core;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>What was recognised in one report, as it is written.</summary>
/// <param name="PersonOf">The person of each recognised presence in the report.</param>
/// <param name="NewPersons">People seen for the first time, templates encrypted.</param>
/// <param name="Templates">Known people whose template has changed, encrypted.</param>
/// <param name="Segments">People whose segment became known, or was corrected within their first presence.</param>
sealed record Recognition(
    IReadOnlyDictionary<Guid, Guid> PersonOf,
    IReadOnlyList<Person> NewPersons,
    IReadOnlyDictionary<Guid, byte[]> Templates,
    IReadOnlyDictionary<Guid, Segment> Segments)
{
    /// <summary>Nobody is recognised.</summary>
    public static Recognition Nobody { get; } =
        new(new Dictionary<Guid, Guid>(), [], new Dictionary<Guid, byte[]>(), new Dictionary<Guid, Segment>());

    /// <summary>The lease under which the site is served; null where sites have no owners.</summary>
    public SiteLease? Site { get; init; }

    /// <summary>The key under which the people were recognised; null for nobody.</summary>
    public EpochLease? Epoch { get; init; }
}

/// <summary>
/// Recognises returning people. Holds a <see cref="PersonRegister"/> for each site's running epoch, read back from the database at
/// first use. One caller at a time: the audience writer, or an erasure.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="keys">Keys of the epochs.</param>
/// <param name="terms">When epochs end.</param>
/// <param name="time">Clock.</param>
/// <param name="ownership">Ownership of sites; null with one node.</param>
sealed class PersonRecogniser(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, EpochKeys keys, PrivacyTerms terms, TimeProvider time,
    SiteOwnership? ownership = null)
    : IDisposable
{
    // Another node may have destroyed an epoch. What is recognised in the meantime is not written: see EpochFence.
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(Guid Site, int Epoch), Loaded> _registers = [];
    private readonly Dictionary<Guid, SiteLease> _leases = []; // those that the registers were read under
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _sweptAt;

    /// <summary>Gives a lease up under which nothing could be written: the next report starts from what the database has.</summary>
    public Task GiveUpAsync(SiteLease? lease) =>
        lease is { } lost && ownership is not null ? ownership.ReleaseAsync(lost) : Task.CompletedTask;

    /// <summary>
    /// Recognises the people that can be recognised by now; none in an epoch that has
    /// ended. Only the loading of a site can fail (database down), and it
    /// fails before anything has changed, so that a call can be repeated.
    /// </summary>
    public async Task<Recognition> RecogniseAsync(ScreenEntry screen, AudienceReport report)
    {
        var epoch = screen.Calendar.EpochOf(screen.Calendar.DayOf(report.OpenedAt));
        await _gate.WaitAsync();
        try
        {
            var lease = await LeaseAsync(screen.SiteId); // the report of nobody, too, is the owner's to write
            if (time.GetUtcNow() >= terms.EndOf(screen.Calendar, epoch) || await LoadAsync(screen.SiteId, epoch) is not { } loaded)
                return Recognition.Nobody with { Site = lease };
            var recognised = loaded.Register.Recognise(screen.Id, report);
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
            return new Recognition(recognised.PersonOf, fresh, changed, recognised.Segments) { Site = lease, Epoch = loaded.Key.Lease };

            byte[] Protect(Guid person) => loaded.Key.Cipher.Protect(person, FaceTemplate.Pack(recognised.Templates[person]));
        }
        finally
        {
            _gate.Release();
        }
    }

    // What another node may have written since is not in the registers of an earlier lease.
    private async Task<SiteLease?> LeaseAsync(Guid siteId)
    {
        if (ownership is null) return null;
        var lease = await ownership.LeaseAsync(siteId);
        if (_leases.TryGetValue(siteId, out var before) && before != lease) Forget(siteId);
        _leases[siteId] = lease;
        if (time.GetElapsedTime(_sweptAt) < CheckPeriod) return lease; // one look at all sites serves the reports of a second
        foreach (var (site, _) in _leases.Where(l => ownership.Find(l.Key) != l.Value).ToList()) Forget(site);
        _sweptAt = time.GetTimestamp();
        return lease;

        void Forget(Guid site)
        {
            _leases.Remove(site);
            foreach (var register in _registers.Values.Where(r => r.Key.Lease.SiteId == site).ToList()) Drop(register.Key.Lease);
        }
    }

    /// <summary>Wipes a site's people and keys from memory. What is in the database is read back when needed.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="epoch">The epoch; null: all of them.</param>
    public Task DropAsync(Guid siteId, int? epoch = null) =>
        DropAsync(lease => lease.SiteId == siteId && (epoch is null || lease.Epoch == epoch));

    /// <summary>Wipes from memory what was recognised under keys that no longer exist.</summary>
    /// <param name="standing">Identities of the keys in the database.</param>
    public Task KeepOnlyAsync(IReadOnlySet<Guid> standing) => DropAsync(lease => !standing.Contains(lease.KeyId));

    public void Dispose() => _gate.Dispose();

    private async Task DropAsync(Func<EpochLease, bool> which)
    {
        await _gate.WaitAsync();
        try
        {
            foreach (var lease in keys.Known.Where(which)) Drop(lease);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Drop(EpochLease lease)
    {
        if (_registers.TryGetValue((lease.SiteId, lease.Epoch), out var loaded) && loaded.Key.Lease == lease)
        {
            loaded.Register.Wipe();
            _registers.Remove((lease.SiteId, lease.Epoch));
        }
        keys.Drop(lease);
    }

    private async Task<Loaded?> LoadAsync(Guid siteId, int epoch)
    {
        if (_registers.TryGetValue((siteId, epoch), out var known))
        {
            if (time.GetUtcNow() - known.CheckedAt < CheckPeriod) return known;
            if (await keys.StandsAsync(known.Key.Lease))
            {
                known.CheckedAt = time.GetUtcNow();
                return known;
            }
            Drop(known.Key.Lease);
        }
        if (await keys.GetAsync(siteId, epoch) is not { } key) return null;
        var register = new PersonRegister();
        await using var db = await contexts.CreateDbContextAsync();
        await foreach (var person in db.Persons.AsNoTracking().Where(p => p.SiteId == siteId && p.Epoch == epoch).OrderBy(p => p.Id)
            .AsAsyncEnumerable())
            register.Restore(person.Id, person.Segment, ReadViews(key.Cipher, person));
        // A late report may still need the epoch before; anything older is not kept in memory.
        foreach (var old in _registers.Values.Where(r => r.Key.Lease.SiteId == siteId && r.Key.Lease.Epoch < epoch - 1).ToList())
            Drop(old.Key.Lease);
        return _registers[(siteId, epoch)] = new Loaded(register, key) { CheckedAt = time.GetUtcNow() };
    }

    private static IReadOnlyList<float[]> ReadViews(TemplateCipher cipher, Person person)
    {
        try
        {
            return FaceTemplate.Unpack(cipher.Unprotect(person.Id, person.Template));
        }
        catch (CryptographicException)
        {
            // Encrypted under a lost key, or modified: this person cannot be recognised any more.
            return [];
        }
    }

    private sealed record Loaded(PersonRegister Register, EpochKeyInUse Key)
    {
        public DateTimeOffset CheckedAt { get; set; }
    }
}
