using System.Buffers.Binary;

namespace FaceAd.Demo.History;

/// <summary>Chance by a seed: the same seed gives the same history.</summary>
/// <param name="seed">The seed.</param>
sealed class Chance(int seed)
{
    readonly Random _random = new(seed);

    /// <summary>Whether something happens that does with a probability.</summary>
    public bool Is(double probability) => _random.NextDouble() < probability;

    /// <summary>A number between two, evenly.</summary>
    public double Between(double from, double to) => from + ((to - from) * _random.NextDouble());

    /// <summary>A whole number from 0, low ones more often: the exponent 1 draws evenly.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="exponent">At least 1.</param>
    public int Below(int count, double exponent = 1) => (int)(count * Math.Pow(_random.NextDouble(), exponent));

    /// <summary>A waiting time.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    /// <summary>How often something happened that happens so often on average.</summary>
    public int Poisson(double mean)
    {
        var times = 0;
        for (var passed = Exponential(1); passed < mean; passed += Exponential(1)) times++;
        return times;
    }

    /// <summary>A place in a list of weights.</summary>
    public int Of(IReadOnlyList<double> weights)
    {
        var left = _random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Count - 1; i++)
        {
            if ((left -= weights[i]) < 0) return i;
        }
        return weights.Count - 1;
    }

    /// <summary>A vector of length 1, in any direction.</summary>
    public float[] Direction(int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i += 2)
        {
            var (radius, angle) = (Math.Sqrt(2 * Exponential(1)), Between(0, 2 * Math.PI)); // Box and Muller
            values[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < length) values[i + 1] = (float)(radius * Math.Sin(angle));
        }
        var norm = MathF.Sqrt(values.Sum(v => v * v));
        return Array.ConvertAll(values, v => v / norm);
    }

    /// <summary>An identity like those of players and pages, ascending over time: a UUID of version 7.</summary>
    public Guid Id(DateTimeOffset at)
    {
        Span<byte> id = stackalloc byte[16];
        _random.NextBytes(id);
        BinaryPrimitives.WriteInt64BigEndian(id, (at.ToUnixTimeMilliseconds() << 16) | 0x7000 | (long)_random.Next(0x1000));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }
}
