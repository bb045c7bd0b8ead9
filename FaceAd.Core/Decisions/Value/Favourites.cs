using System.Runtime.CompilerServices;

namespace FaceAd.Core.Decisions.Value;

/// <summary>The few campaigns that may be worth most, best first.</summary>
internal struct Favourites
{
    private const int Most = 10; // the losers to be named, the winner, and some that will be stopped

    private Numbers _numbers;
    private Bounds _bounds;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>What a campaign must exceed to become one.</summary>
    public readonly double Least => Count < Most ? 0 : _bounds[Most - 1];

    /// <summary>One of them.</summary>
    public readonly int Number(int place) => _numbers[place];

    /// <summary>Whether a campaign is one of them.</summary>
    public readonly bool Has(int number)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_numbers[i] == number) return true;
        }
        return false;
    }

    /// <summary>Takes one in; the least goes when there are too many.</summary>
    public void Add(int number, double bound)
    {
        var place = Count < Most ? Count++ : Most - 1;
        for (; place > 0 && _bounds[place - 1] < bound; place--)
            (_numbers[place], _bounds[place]) = (_numbers[place - 1], _bounds[place - 1]);
        (_numbers[place], _bounds[place]) = (number, bound);
    }

#pragma warning disable IDE0044, IDE0051 // an inline array is declared by its first element
    [InlineArray(Most)]
    private struct Numbers
    {
        private int _first;
    }

    [InlineArray(Most)]
    private struct Bounds
    {
        private double _first;
    }
#pragma warning restore IDE0044, IDE0051
}
