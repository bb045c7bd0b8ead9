using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Persons;

/// <summary>A site with people restored from protected templates, and the time that took.</summary>
sealed class SiteOfPersons
{
    readonly List<(Guid Id, float[][] Views)> _persons = [];

    SiteOfPersons(PersonMatcher matcher) => Matcher = matcher;

    /// <summary>The views of all people.</summary>
    public PersonMatcher Matcher { get; }

    /// <summary>Time from protected templates in memory to a matcher ready to search.</summary>
    public TimeSpan RestoreTime { get; private set; }

    /// <summary>Creates and restores a site.</summary>
    /// <param name="faces">Source of faces.</param>
    /// <param name="persons">Number of people.</param>
    /// <param name="views">Number of views of each.</param>
    /// <param name="noise">As for <see cref="DrawnFaces.ViewsOf"/>.</param>
    /// <param name="sample">As for <see cref="PersonMatcher(int)"/>.</param>
    public static SiteOfPersons Draw(DrawnFaces faces, int persons, int views, double noise, int sample)
    {
        var site = new SiteOfPersons(new PersonMatcher(sample));
        var cipher = new TemplateCipher(RandomNumberGenerator.GetBytes(32));
        var rows = new (Guid Id, byte[] Template)[persons];
        for (var p = 0; p < persons; p++)
        {
            var id = Guid.CreateVersion7();
            rows[p] = (id, cipher.Protect(id, FaceTemplate.Pack(faces.ViewsOf(p, 0, views, noise))));
        }
        var started = Stopwatch.StartNew();
        foreach (var (id, template) in rows) site.Matcher.Restore(id, FaceTemplate.Unpack(cipher.Unprotect(id, template)));
        _ = site.Matcher.ImpostorsOf(rows[0].Id);
        site.RestoreTime = started.Elapsed;
        foreach (var (id, _) in rows) site._persons.Add((id, [.. site.Matcher.ViewsOf(id)]));
        return site;
    }

    /// <summary>Naive search by definition, view by view, with the same statistics of strangers.</summary>
    /// <param name="presence">Views of one presence, unit vectors.</param>
    public Guid? NaiveFind(float[][] presence)
    {
        var similarities = new double[_persons.Count];
        var newcomer = default(ScoreNormalisation);
        for (var p = 0; p < similarities.Length; p++)
        {
            similarities[p] = presence.Average(view => _persons[p].Views.Max(known => Cosine(view, known)));
            newcomer.Add(similarities[p]);
        }
        (Guid? best, var score) = (null, PersonMatcher.Threshold);
        for (var p = 0; p < similarities.Length; p++)
        {
            if (similarities[p] < PersonMatcher.LeastSimilarity) continue;
            var now = (newcomer.Deviations(similarities[p]) + Matcher.ImpostorsOf(_persons[p].Id).Deviations(similarities[p])) / 2;
            if (now >= score) (best, score) = (_persons[p].Id, now);
        }
        return best;
    }

    /// <summary>Id of a synthetic person.</summary>
    /// <param name="person">Number of the synthetic person.</param>
    public Guid IdOf(int person) => _persons[person].Id;

    /// <summary>Gigabytes per second of a plain sequential read of the same memory.</summary>
    public double ReadOnce()
    {
        var started = Stopwatch.GetTimestamp();
        Vector<float> a = default, b = default, c = default, d = default;
        foreach (var slab in Matcher.Rows.Slabs)
        {
            var values = MemoryMarshal.Cast<float, Vector<float>>(slab.Span);
            for (var i = 0; i + 3 < values.Length; i += 4)
            {
                a += values[i];
                b += values[i + 1];
                c += values[i + 2];
                d += values[i + 3];
            }
        }
        var elapsed = Stopwatch.GetElapsedTime(started);
        // Use the sum, so that the read is not optimised away.
        return float.IsNaN(Vector.Sum(a + b + c + d)) ? 0 : Matcher.Rows.Bytes / elapsed.TotalSeconds / 1e9;
    }

    static double Cosine(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
