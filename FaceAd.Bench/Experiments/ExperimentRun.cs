using FaceAd.Core.Decisions.Experiments;
using FaceAd.Web.Metrics.Comparisons;

namespace FaceAd.Bench.Experiments;

/// <summary>How one experiment ended.</summary>
/// <param name="Verdict">By the product's rule, looked at every day until it stops.</param>
/// <param name="Days">Days until then.</param>
/// <param name="Winner">Whom that would have named without the stop for want of a difference; null for nobody.</param>
/// <param name="Peeked">Whom the usual test names that is looked at every day, and believed at once.</param>
/// <param name="Once">Whom it names when it is looked at once, at the end.</param>
/// <param name="OwnArm">Share of the exposures of the people counted that were of their own arm.</param>
sealed record ExperimentOutcome(Verdict Verdict, int Days, int? Winner, int? Peeked, int? Once, double OwnArm);

/// <summary>Runs one experiment in a world, by the product's own rules of arms and stops.</summary>
/// <param name="world">The world.</param>
/// <param name="rule">The rule.</param>
/// <param name="experiment">Its identity.</param>
sealed class ExperimentRun(ExperimentWorld world, ExperimentRule rule, Guid experiment)
{
    const int LeastForTest = 30; // in each arm: where the textbooks let the normal distribution begin

    // A person's first day with their own creative: it, and what they did.
    readonly (int Day, double Part, double Of)[] _first = new (int, double, double)[world.People];
    readonly int[] _arms = new int[world.People];

    /// <summary>Runs it to the end of the days.</summary>
    /// <param name="audience">What people make of it.</param>
    public ExperimentOutcome Run(Audience audience)
    {
        Array.Fill(_first, (-1, 0, 0));
        for (var person = 0; person < _arms.Length; person++)
            _arms[person] = Arms.OfPerson(experiment, Delivery.SimulatedNetwork.Person(person), rule.Count);
        var sums = new ArmSums[rule.Count];
        var (stop, days, winner, peeked, day) = (default(Verdict), world.Days, (int?)null, (int?)null, 0);
        var (own, all) = (0, 0);
        List<int> today = [];
        foreach (var showing in world.Showings)
        {
            for (; day < showing.Day; day++) Close();
            var arm = Arms.OfCabin(experiment, rule.Count, ExperimentWorld.Targets, showing.Riders, showing.Screen, showing.At);
            audience.Enter();
            foreach (var person in showing.Exposed)
            {
                var (part, of) = audience.See(person, arm);
                all++;
                if (_arms[person] != arm) continue;
                own++;
                if (_first[person].Day < 0) today.Add(person);
                if (_first[person].Day < 0 || _first[person].Day == day)
                    _first[person] = (day, _first[person].Part + part, _first[person].Of + of);
            }
        }
        for (; day < world.Days; day++) Close();
        return new(stop.End is null ? rule.Judge(sums, isOver: true) : stop, days, winner, peeked, Best(sums), (double)own / all);

        void Close()
        {
            foreach (var person in today)
                sums[_arms[person]] = sums[_arms[person]].With(_first[person].Part / _first[person].Of);
            today.Clear();
            peeked ??= Best(sums);
            var verdict = rule.Judge(sums, isOver: false);
            if (verdict.End == ExperimentEnd.Winner) winner ??= verdict.Winner;
            if (stop.End is null && verdict.End is not null) (stop, days) = (verdict, day + 1);
        }
    }

    // The arm that is better than each other one by the usual test of two means, at 5 %; null while there is none.
    static int? Best(ArmSums[] arms)
    {
        for (var arm = 0; arm < arms.Length; arm++)
        {
            if (arms.Where((_, other) => other != arm).All(other => IsBetter(arms[arm], other))) return arm;
        }
        return null;
    }

    static bool IsBetter(ArmSums one, ArmSums other) =>
        Math.Min(one.People, other.People) >= LeastForTest
        && one.Mean - other.Mean > RateInterval.Z * Math.Sqrt((one.Variance / one.People) + (other.Variance / other.People));
}
