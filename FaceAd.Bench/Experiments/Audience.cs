using FaceAd.Core.Decisions.Experiments;

namespace FaceAd.Bench.Experiments;

/// <summary>What people make of what they are shown: each has a habit, and whoever rides together is alike.</summary>
/// <param name="metric">What is drawn.</param>
/// <param name="effects">What each creative adds to the mean.</param>
/// <param name="seed">Seed of chance.</param>
sealed class Audience(ExperimentMetric metric, IReadOnlyList<double> effects, int seed)
{
    const double MeanAttention = 0.45;
    const double MeanCompleted = 0.7;
    const double Habit = 0.15; // standard deviations
    const double Together = 0.1;
    const double Moment = 0.2;

    readonly Random _chance = new(seed);
    readonly Dictionary<int, double> _habits = [];
    (double Mood, double Leaves) _cabin;

    /// <summary>Another cabin.</summary>
    public void Enter() => _cabin = (Together * Normal(), _chance.NextDouble());

    /// <summary>One exposure of a person: what counts, and out of how much.</summary>
    /// <param name="person">The person.</param>
    /// <param name="arm">The creative shown.</param>
    public (double Part, double Of) See(int person, int arm)
    {
        if (!_habits.TryGetValue(person, out var habit)) _habits.Add(person, habit = Habit * Normal());
        if (metric == ExperimentMetric.Attention)
        {
            var seconds = 1 + (14 * _chance.NextDouble());
            return (seconds * Math.Clamp(MeanAttention + habit + _cabin.Mood + (Moment * Normal()) + effects[arm], 0, 1), seconds);
        }
        // Half of those who leave early do so with the cabin.
        var lot = _chance.Next(2) == 0 ? _cabin.Leaves : _chance.NextDouble();
        return (lot < Math.Clamp(MeanCompleted + habit + effects[arm], 0, 1) ? 1 : 0, 1);
    }

    double Normal() => Math.Sqrt(-2 * Math.Log(1 - _chance.NextDouble())) * Math.Cos(2 * Math.PI * _chance.NextDouble());
}
