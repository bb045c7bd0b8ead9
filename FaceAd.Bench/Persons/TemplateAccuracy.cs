using System.Globalization;
using System.Security.Cryptography;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Persons;

/// <summary>
/// Matches the same rides against people in memory and against people restored from protected templates: the accuracy lost to
/// storage, and to the estimate of strangers after a restart.
/// </summary>
static class TemplateAccuracy
{
    /// <summary>Maximum number of people: those in memory are compared with each other one by one, which takes minutes for more.</summary>
    public const int MaxPersons = 5_000;

    /// <summary>Runs the comparison.</summary>
    public static void Print(
        TextWriter output, DrawnFaces faces, int persons, int views, int rides, double noise, CancellationToken cancellation)
    {
        var cipher = new TemplateCipher(RandomNumberGenerator.GetBytes(32));
        var (memory, restored) = (new PersonMatcher(), new PersonMatcher());
        var ids = new Guid[persons];
        for (var p = 0; p < persons; p++)
        {
            cancellation.ThrowIfCancellationRequested();
            ids[p] = Guid.CreateVersion7();
            var seen = faces.ViewsOf(p, 0, views, noise);
            memory.Add(ids[p], seen);
            restored.Restore(ids[p], FaceTemplate.Unpack(cipher.Unprotect(ids[p], cipher.Protect(ids[p], FaceTemplate.Pack(seen)))));
        }
        var (plainRight, protectedRight, different) = (0, 0, 0);
        for (var ride = 0; ride < rides; ride++)
        {
            cancellation.ThrowIfCancellationRequested();
            var person = ride % 2 == 0 ? (int)((long)ride * persons / rides) : persons + ride;
            Guid? truth = person < persons ? ids[person] : null;
            var presence = faces.ViewsOf(person, ride + 1, 2, noise);
            var (plain, secret) = (memory.Find(presence)?.Person, restored.Find(presence)?.Person);
            if (plain == truth) plainRight++;
            if (secret == truth) protectedRight++;
            if (plain != secret) different++;
        }
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Accuracy over {rides} rides among {persons} persons, half by strangers: in memory {100.0 * plainRight / rides:F2} %, read back from protected templates {100.0 * protectedRight / rides:F2} %, {100.0 * (protectedRight - plainRight) / rides:+0.00;-0.00;0.00} points; {different} rides judged differently."));
    }
}
