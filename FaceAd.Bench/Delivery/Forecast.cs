using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Bench.Delivery;

/// <summary>
/// How many target impressions each contract can expect when, from the weeks before: the mean of the same hour of the week.
/// </summary>
sealed class Forecast
{
    readonly double[][] _until; // by contract, up to the start of each hour of the trace
    readonly WeeklySupply[] _weeks;

    /// <summary>Learns.</summary>
    /// <param name="trace">What happens; only the days to learn from are looked at.</param>
    /// <param name="contracts">The contracts.</param>
    public Forecast(Trace trace, IReadOnlyList<Contract> contracts)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(contracts);
        var hours = trace.Days * 24;
        var perHour = contracts.Select(_ => new double[168]).ToArray();
        foreach (var slot in trace.Slots.TakeWhile(s => s.Day < trace.Booked))
        {
            foreach (var contract in contracts)
            {
                if (contract.Sites.Contains(slot.Site) && contract.Expects(slot) > 0)
                    perHour[contract.Number][(slot.Day % 7 * 24) + slot.Hour] += contract.Brings(slot);
            }
        }
        _weeks = [.. contracts.Select(c => new WeeklySupply([.. Enumerable.Range(0, 168).Select(i =>
        {
            // From Monday on; the trace's weeks begin with its first day.
            var hour = (((i / 24) - Dayparting.Index(trace.FirstDay.DayOfWeek) + 7) % 7 * 24) + (i % 24);
            return (c.Hours >> (i % 24) & 1) == 1 ? perHour[c.Number][hour] * 7 / trace.Booked : 0;
        })]))];
        _until = [.. contracts.Select(c =>
        {
            var until = new double[hours + 1];
            for (var hour = 0; hour < hours; hour++)
            {
                var (day, of) = (hour / 24, hour % 24);
                var runs = day >= c.FirstDay && day <= c.LastDay && (c.Hours >> of & 1) == 1;
                until[hour + 1] = until[hour] + (runs ? perHour[c.Number][hour % 168] * 7 / trace.Booked : 0);
            }
            return until;
        })];
    }

    /// <summary>Target impressions up to an instant that a contract could have if every slot were its own.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="day">Day of the trace.</param>
    /// <param name="hour">Hours since its midnight.</param>
    public double Until(Contract contract, int day, double hour)
    {
        var until = _until[contract.Number];
        var at = (day * 24) + hour;
        var whole = Math.Min((int)at, until.Length - 2);
        return until[whole] + ((until[whole + 1] - until[whole]) * Math.Min(1, at - whole));
    }

    /// <summary>Target impressions that a contract could have in each hour of a week.</summary>
    public WeeklySupply WeekOf(Contract contract) => _weeks[contract.Number];

    /// <summary>All that a contract could have in its flight.</summary>
    public double Whole(Contract contract) => _until[contract.Number][^1];
}
