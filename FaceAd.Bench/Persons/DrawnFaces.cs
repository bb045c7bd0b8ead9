using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Persons;

/// <summary>Synthetic faces: random unit vectors, and views of them with noise. Deterministic by seed.</summary>
sealed class DrawnFaces(int seed)
{
    /// <summary>Creates views of a person.</summary>
    /// <param name="person">Number of the person, which determines the face.</param>
    /// <param name="ride">Number of the ride, which determines the noise.</param>
    /// <param name="count">Number of views.</param>
    /// <param name="noise">Length of the noise relative to the face: two views have a cosine of about 1 / (1 + noise^2).</param>
    public float[][] ViewsOf(int person, int ride, int count, double noise)
    {
        var face = Directions(HashCode(person, 0), 1)[0];
        var shakes = Directions(HashCode(person, ride + 1), count);
        foreach (var view in shakes)
        {
            for (var i = 0; i < view.Length; i++) view[i] = (float)(face[i] + noise * view[i]);
            Normalise(view);
        }
        return shakes;
    }

    static float[][] Directions(int own, int count)
    {
        var random = new Random(own);
        var directions = new float[count][];
        for (var d = 0; d < count; d++)
        {
            var values = directions[d] = new float[ViewRows.Length];
            // Box-Muller: two normal deviates from two uniform ones.
            for (var i = 0; i < values.Length; i += 2)
            {
                var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
                (values[i], values[i + 1]) = ((float)(radius * cosine), (float)(radius * sine));
            }
            Normalise(values);
        }
        return directions;
    }

    int HashCode(int person, int ride) => unchecked((seed * 486_187_739 + person) * 16_777_619 ^ ride * 374_761_393);

    static void Normalise(float[] values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        var norm = (float)Math.Sqrt(sum);
        for (var i = 0; i < values.Length; i++) values[i] /= norm;
    }
}
