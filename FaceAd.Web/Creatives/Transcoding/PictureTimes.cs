using System.Globalization;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>When a video's pictures are shown, by its packets: headers are often silent, and sometimes wrong.</summary>
/// <param name="Start">When the first picture is shown, in seconds since the file's own start.</param>
/// <param name="Seconds">From then to the end of the last picture.</param>
/// <param name="Rate">The highest rate that is kept up for a second, in pictures per second.</param>
/// <param name="Count">Number of pictures.</param>
/// <param name="End">When the last packet of any stream ends, in seconds since the file's own start.</param>
readonly record struct PictureTimes(double Start, double Seconds, double Rate, int Count, double End)
{
    /// <summary>How often all of it is shown, one time after the other.</summary>
    public int Turns { get; init; } = 1;

    /// <summary>How long all turns are, in seconds.</summary>
    public double TotalSeconds => Seconds * Turns;

    /// <summary>Rates of videos and television up to <see cref="VideoProperties.PlayerRate"/>, with their names in ffmpeg.</summary>
    private static readonly (double Rate, string Name)[] Usual =
        [(30, "30"), (30_000 / 1001.0, "30000/1001"), (25, "25"), (24, "24"), (24_000 / 1001.0, "24000/1001")];

    private const double Near = 0.005;

    /// <summary>
    /// The constant rate that it is encoded at: a usual one of which its own is a multiple or a fraction, so that no picture stays longer
    /// than the others; 30 if there is none.
    /// </summary>
    public (double Rate, string Name) PlayerRate
    {
        get
        {
            for (var times = 1; times <= 10; times++)
            {
                var (rate, wanted) = (Rate, Rate > VideoProperties.PlayerRate * (1 + Near) ? Rate / times : Rate * times);
                if (rate <= 0 || Usual.MinBy(u => Math.Abs(u.Rate - wanted)) is not { Rate: > 0 } usual) break;
                if (Math.Abs(usual.Rate - wanted) <= Near * usual.Rate) return usual;
            }
            return Usual[0];
        }
    }

    /// <summary>Why a video with these times is refused; null when it is accepted.</summary>
    /// <param name="claimed">How long its header says it is; 0 when it does not.</param>
    public CreativeRefusal? RefusalOf(double claimed) =>
        // The rest has not arrived. (What comes after the longest video accepted is not read.)
        End < Math.Min(claimed, VideoProperties.MaxSeconds) * 0.95 - 0.5 ? CreativeRefusal.Damaged
        : TotalSeconds < VideoProperties.MinSeconds ? CreativeRefusal.TooShort
        : TotalSeconds > VideoProperties.MaxSeconds ? CreativeRefusal.TooLong
        : Rate > VideoProperties.MaxRate * (1 + Near) ? CreativeRefusal.TooManyFrames
        : null;

    /// <summary>As many whole turns as come nearest to a length, but one at least.</summary>
    public PictureTimes Repeated(double seconds) =>
        Seconds > 0 ? this with { Turns = Math.Max(1, (int)Math.Round(seconds / Seconds)) } : this;

    /// <summary>Collects packets as ffprobe prints them.</summary>
    /// <param name="video">Index of the video's stream.</param>
    /// <param name="fileStart">When the file starts by its own clock, in seconds.</param>
    public sealed class Collector(int video, double fileStart)
    {
        private const int Most = 200_000;
        private readonly List<(double? Shown, double? Decoded, double Length)> _packets = [];
        private double _end;
        private int _lines;

        /// <summary>Takes a line: stream, shown at, decoded at, length, flags; parts may be missing or "N/A".</summary>
        public void Take(string line)
        {
            if (_lines++ >= Most || line.Split(',') is not [var stream, var shown, var decoded, var length, var flags, ..]) return;
            if (flags.Contains('D', StringComparison.Ordinal)) return; // cut away
            var (at, decodedAt) = (VideoProperties.Number(shown) - fileStart, VideoProperties.Number(decoded) - fileStart);
            var takes = Math.Max(0, VideoProperties.Number(length) ?? 0);
            if ((at ?? decodedAt) is { } known) _end = Math.Max(_end, known + takes);
            if (int.TryParse(stream, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index == video)
                _packets.Add((at, decodedAt, takes));
        }

        /// <summary>What was collected; null without a picture.</summary>
        public PictureTimes? Times()
        {
            var pictures = Pictures().Order().ToList();
            if (pictures.Count == 0) return null;
            var (first, (last, length)) = (pictures[0].At, pictures[^1]);
            var mean = pictures.Count > 1 ? (last - first) / (pictures.Count - 1) : 0;
            var end = last + (length > 0 ? length : mean);
            return new PictureTimes(first, end - first, SustainedRate(pictures, mean), pictures.Count, Math.Max(_end, end));
        }

        // Program streams do not say of each picture when it is shown, but when it is decoded: at the same pace, a little earlier.
        private IEnumerable<(double At, double Length)> Pictures()
        {
            if (_packets.TrueForAll(p => p.Shown is not null)) return _packets.Select(p => (p.Shown!.Value, p.Length));
            var delay = (_packets.Min(p => p.Shown) - _packets.Min(p => p.Decoded)) ?? 0;
            return from p in _packets where (p.Decoded ?? p.Shown) is not null select ((p.Decoded + delay ?? p.Shown)!.Value, p.Length);
        }

        private static double SustainedRate(List<(double At, double Length)> pictures, double mean)
        {
            if (mean <= 0) return 0;
            var most = 0.0;
            for (int from = 0, to = 0; from < pictures.Count; from++)
            {
                while (to < pictures.Count && pictures[to].At < pictures[from].At + 1) to++;
                if (to == pictures.Count) break;
                most = Math.Max(most, (to - from) / (pictures[to].At - pictures[from].At));
            }
            // Times that are rounded to milliseconds make a second a little faster than another.
            return most <= 1 / mean * 1.02 ? 1 / mean : most;
        }
    }
}
