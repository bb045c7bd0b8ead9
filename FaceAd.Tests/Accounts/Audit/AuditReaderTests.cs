using System.Text.RegularExpressions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Accounts.Audit;

/// <summary>Searching the audit log, against a list in memory and against the database's plans.</summary>
public sealed partial class AuditReaderTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] People = [.. Enumerable.Range(1, 3).Select(n => new Guid(n, 0, 0, new byte[8]))];
    private static readonly AuditVerb[] Verbs = [AuditVerb.SignedIn, AuditVerb.CampaignChanged, AuditVerb.FiguresViewed];

    private TestDatabase _database = null!;
    private List<AuditEntry> _all = [];

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var random = new Random(11);
        // Several of one instant, and times that do not rise with the ids.
        db.AuditEntries.AddRange(Enumerable.Range(0, 400).Select(i => new AuditEntry
        {
            At = Start.AddMinutes(random.Next(120)),
            UserId = random.Next(4) is var who && who < 3 ? People[who] : null,
            Verb = Verbs[random.Next(3)],
            Subject = AuditSubject.Campaign,
            SubjectId = People[random.Next(3)],
        }));
        await db.SaveChangesAsync();
        _all = await db.AuditEntries.AsNoTracking().ToListAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public void Read_AnyFilterPageByPage_EqualsTheNaiveSearch()
    {
        var reader = new AuditReader(_database.Contexts);
        var filters = Gen.Choose(-2, 2).Zip(Gen.Choose(-1, 2)).Zip(Gen.Choose(-1, 2)).Zip(Gen.Choose(-60, 120)).Zip(Gen.Choose(0, 240));
        Prop.ForAll(Arb.From(filters), input =>
        {
            var ((((who, what), about), from), to) = input;
            var filter = new AuditFilter
            {
                UserId = who >= 0 ? People[who] : null,
                Nobody = who == -2,
                Verb = what >= 0 ? Verbs[what] : null,
                SubjectId = about >= 0 ? People[about] : null,
                From = from >= 0 ? Start.AddMinutes(from) : null,
                To = to < 150 ? Start.AddMinutes(to) : null,
            };
            var expected = _all.Where(e => (filter.UserId is null || e.UserId == filter.UserId) && (!filter.Nobody || e.UserId is null)
                    && (filter.Verb is null || e.Verb == filter.Verb) && (filter.SubjectId is null || e.SubjectId == filter.SubjectId)
                    && (filter.From is null || e.At >= filter.From) && (filter.To is null || e.At < filter.To))
                .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => e.Id).ToList();
            List<long> found = [];
            for (var place = (AuditCursor?)null; ;)
            {
                var page = reader.ReadAsync(filter with { After = place }).GetAwaiter().GetResult();
                found.AddRange(page.Entries.Select(e => e.Id));
                if (page.Next is not { } next) break;
                if (page.Entries.Count != AuditReader.PageSize) return false;
                place = AuditCursor.Read(next.ToString()); // as it travels in the address
            }
            return found.SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5-5")]
    [InlineData("99999999999999999999-1")]
    [InlineData("999999999999999999-1")]
    [InlineData("1-x")]
    public void Place_NotOne_IsNull(string text) => Assert.Null(AuditCursor.Read(text));

    [Fact]
    public async Task Read_Words_FindsThemInEveryPartAndTakesWildcardsAsLetters()
    {
        var at = Start.AddYears(1);
        await using (var db = _database.Contexts.CreateDbContext())
        {
            void Add(string user, string subject, string details, string address) => db.AuditEntries.Add(new AuditEntry
            {
                At = at,
                UserName = user,
                Verb = AuditVerb.MemberInvited,
                Subject = AuditSubject.Organisation,
                SubjectName = subject,
                Details = details,
                Address = address,
            });
            Add("Findable@example.com", "a", "{}", "10.0.0.1");
            Add("b@example.com", "한강 엘리베이터", "{}", "10.0.0.2");
            Add("c@example.com", "c", """{"reason": "100% too loud_"}""", "10.77.0.3");
            await db.SaveChangesAsync();
        }
        async Task<int> CountAsync(string text) =>
            (await new AuditReader(_database.Contexts).ReadAsync(new AuditFilter { Text = text, From = at })).Entries.Count;
        Assert.Equal(1, await CountAsync("findABLE"));
        Assert.Equal(1, await CountAsync("한강"));
        Assert.Equal(1, await CountAsync("100% too"));
        Assert.Equal(1, await CountAsync("10.77."));
        Assert.Equal(1, await CountAsync("_"));
        Assert.Equal(0, await CountAsync("a%c"));
        Assert.Equal(0, await CountAsync("'; DROP TABLE audit_entries; --\0\\"));
        Assert.Equal(0, await CountAsync(new string('x', 5000)));
    }

    [Fact]
    public async Task Read_ManyEntries_WalksAnIndexAndNeverTheTable()
    {
        await using var db = _database.Contexts.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync("""
            INSERT INTO audit_entries (at, user_id, verb, subject, subject_id)
            SELECT timestamptz '2026-05-01' + i * interval '1 second', lpad((i % 40 + 100)::text, 32, '0')::uuid, i % 20, 1,
                lpad((i % 500 + 100)::text, 32, '0')::uuid FROM generate_series(1, 60000) i;
            ANALYZE audit_entries
            """);
        var (user, subject) = (Guid.Parse("107".PadLeft(32, '0')), People[0]);
        var after = new AuditCursor(Start.AddHours(8), 20_000);
        AuditFilter[] filters =
        [
            new(), new() { After = after }, new() { From = Start.AddHours(2), To = Start.AddHours(4), After = after },
            new() { UserId = user, After = after }, new() { Verb = (AuditVerb)7, After = after },
            new() { UserId = user, Verb = (AuditVerb)7, After = after }, new() { SubjectId = subject, After = after },
            new() { Nobody = true, After = after },
        ];
        foreach (var filter in filters)
        {
            var plan = await ExplainAsync(AuditReader.Query(db, filter));
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            var read = Rows().Matches(plan).Select(m => long.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))
                .DefaultIfEmpty(0).Max();
            Assert.True(read <= 1000, plan); // a page, however many rows there are
        }
    }

    private async Task<string> ExplainAsync(IQueryable<AuditEntry> query)
    {
        await using var connection = new Npgsql.NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        using var shown = query.CreateDbCommand();
        await using var command = new Npgsql.NpgsqlCommand("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) " + shown.CommandText, connection);
        foreach (Npgsql.NpgsqlParameter parameter in shown.Parameters) command.Parameters.Add(parameter.Clone());
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"Rows Removed by Filter: (\d+)")]
    private static partial Regex Rows();
}
