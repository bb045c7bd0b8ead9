using System.Security.Cryptography;
using FaceAd.Contracts;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Audiences;

/// <summary>What one report taught about persons.</summary>
/// <param name="PersonOf">The person of each recognised presence in the report.</param>
/// <param name="NewPersons">Persons seen for the first time, templates encrypted.</param>
/// <param name="Segments">Persons whose segment became known, or was corrected within their first stay.</param>
sealed record Recognition(
    IReadOnlyDictionary<Guid, Guid> PersonOf, IReadOnlyList<Person> NewPersons, IReadOnlyDictionary<Guid, Segment> Segments);

/// <summary>
/// Recognises returning persons. Holds the persons of each site's running epoch in memory, read back from the database at
/// first need. Used by one thread: the audience writer.
/// </summary>
sealed class PersonRecogniser(IDbContextFactory<FaceAdDbContext> contexts, EpochKeys keys)
{
    /// <summary>A person's segment is fixed at the first presence that is at least this sure.</summary>
    public const double SureEnough = 0.6;

    /// <summary>From this probability on a viewer counts as a child, who cannot be re-identified reliably and is never matched.</summary>
    public const double PerhapsChild = 0.5;

    private const int ViewsBeforeMatching = 2;
    private const int EndedKept = 10_000;
    private const int StaysKept = 100_000;
    private readonly Dictionary<(Guid Site, int Epoch), Register> _registers = [];
    private readonly Dictionary<(Guid Screen, Guid Presence), Stay> _stays = [];
    private readonly HashSet<Guid> _ended = [];
    private readonly Queue<Guid> _endedInOrder = new();

    /// <summary>
    /// Recognises whoever can be recognised by now. Only the loading of a site can fail (database down), and it fails
    /// before anything has changed, so that a call can be repeated.
    /// </summary>
    public async Task<Recognition> RecogniseAsync(ScreenEntry screen, AudienceReport report)
    {
        var epoch = screen.Calendar.EpochOf(screen.Calendar.DayOf(report.OpenedAt));
        var register = await LoadAsync(screen.SiteId, epoch);
        Dictionary<Guid, Guid> personOf = [];
        Dictionary<Guid, Segment> segments = [];
        // A device that missed our answer tells the end again: nobody is enrolled twice.
        if (_ended.Contains(report.AudienceId)) return new Recognition(personOf, [], segments);
        List<Person> newPersons = [];

        foreach (var presence in report.Presences)
        {
            var key = (screen.Id, presence.PresenceId);
            if (!_stays.TryGetValue(key, out var stay)) _stays[key] = stay = new Stay();
            var over = !presence.InView || report.State != AudienceState.Open;
            stay.Add(presence.Views);

            if (stay.Person is null && stay.CanMatch(presence, over))
            {
                stay.Person = register.Matcher.Find(stay.Views);
                if (stay.Person is null)
                {
                    var person = NewPerson(screen.SiteId, epoch, presence, stay, register);
                    newPersons.Add(person);
                    stay.Person = person.Id;
                }
            }
            if (stay.Person is { } id)
            {
                personOf[presence.PresenceId] = id;
                if (register.Learn(id, presence, over) is { } segment) segments[id] = segment;
            }
            if (over) _stays.Remove(key);
        }
        if (report.State != AudienceState.Open) Remember(report.AudienceId);
        return new Recognition(personOf, newPersons, segments);
    }

    private void Remember(Guid ended)
    {
        if (!_ended.Add(ended)) return;
        _endedInOrder.Enqueue(ended);
        if (_endedInOrder.Count > EndedKept) _ended.Remove(_endedInOrder.Dequeue());
        // Stays whose end was never told would be kept for ever.
        if (_stays.Count > StaysKept) _stays.Clear();
    }

    private static Person NewPerson(Guid siteId, int epoch, PresenceReport presence, Stay stay, Register register)
    {
        var id = Guid.CreateVersion7();
        register.Matcher.Add(id, stay.Views);
        return new Person
        {
            Id = id,
            SiteId = siteId,
            Epoch = epoch,
            Segment = Segment.Unknown,
            FirstSeenAt = presence.From,
            Template = register.Cipher.Protect(id, FaceTemplate.Write(stay.Views)),
        };
    }

    private async Task<Register> LoadAsync(Guid siteId, int epoch)
    {
        if (_registers.TryGetValue((siteId, epoch), out var known)) return known;
        var register = new Register(await keys.GetAsync(siteId, epoch));
        await using var db = await contexts.CreateDbContextAsync();
        await foreach (var person in db.Persons.AsNoTracking().Where(p => p.SiteId == siteId && p.Epoch == epoch).AsAsyncEnumerable())
        {
            register.Restore(person.Id, person.Segment);
            try
            {
                register.Matcher.Add(person.Id, FaceTemplate.ReadAll(register.Cipher.Unprotect(person.Id, person.Template)));
            }
            catch (CryptographicException)
            {
                // Encrypted under a key that is lost, or changed by somebody: this person cannot be recognised any more.
            }
        }
        // A late report may still ask for the epoch before; anything older has no business in memory.
        foreach (var old in _registers.Keys.Where(k => k.Site == siteId && k.Epoch < epoch - 1).ToList()) _registers.Remove(old);
        return _registers[(siteId, epoch)] = register;
    }

    /// <summary>The persons of one site and epoch.</summary>
    private sealed class Register(TemplateCipher cipher)
    {
        // FixedBy: the stay that decides the segment, while it lasts; null once the segment is final.
        private readonly Dictionary<Guid, (Segment Segment, Guid? FixedBy)> _segments = [];

        public TemplateCipher Cipher { get; } = cipher;

        public PersonMatcher Matcher { get; } = new();

        public void Restore(Guid person, Segment segment) => _segments[person] = (segment, null);

        /// <summary>The person's segment when this stay has just fixed or corrected it, else null.</summary>
        public Segment? Learn(Guid person, PresenceReport presence, bool over)
        {
            var (segment, fixedBy) = _segments.GetValueOrDefault(person);
            var mayFix = segment == Segment.Unknown || fixedBy == presence.PresenceId;
            if (!mayFix) return null;
            var sure = presence.Segments is { } p && p.Confidence >= SureEnough && p.Top != Segment.Kids ? p.Top : segment;
            _segments[person] = (sure, over || sure == Segment.Unknown ? null : presence.PresenceId);
            return sure == segment ? null : sure;
        }
    }

    /// <summary>One stay whose viewer is being recognised.</summary>
    private sealed class Stay
    {
        private readonly List<float[]> _views = [];

        public Guid? Person { get; set; }

        public IReadOnlyList<float[]> Views => _views;

        public void Add(IReadOnlyList<byte[]> views)
        {
            foreach (var view in views)
            {
                if (_views.Count < PresenceReport.MaxViews && FaceTemplate.Read(view) is { } values) _views.Add(values);
            }
        }

        public bool CanMatch(PresenceReport presence, bool over) =>
            presence.Segments is { } segments && segments.Kids < PerhapsChild && _views.Count >= (over ? 1 : ViewsBeforeMatching);
    }
}
