namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>How a video's numbers mean colours, by the names of ffprobe; empty or "unknown" where it does not say.</summary>
/// <param name="Transfer">Transfer characteristics.</param>
/// <param name="Primaries">Primaries.</param>
/// <param name="Matrix">Matrix coefficients.</param>
readonly record struct Colours(string Transfer, string Primaries, string Matrix)
{
    /// <summary>Options that say that what was encoded is bt709.</summary>
    public static readonly string[] Flags =
        ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];

    private const int LeastLinesOfHd = 720;

    private bool IsHdr => Transfer is "smpte2084" or "arib-std-b67";

    private bool IsWide => IsHdr || Primaries is "bt2020";

    /// <summary>
    /// Options of the filter that scales. Players take what does not say for bt601 up to television size, else for bt709.
    /// </summary>
    /// <param name="height">Height of its pictures.</param>
    public string ScalerOf(int height) =>
        IsWide ? ""
        : $":in_color_matrix={(Says(Matrix) || height < LeastLinesOfHd ? "auto" : "bt709")}:out_color_matrix=bt709:out_range=tv";

    /// <summary>Filters behind it. High dynamic range is mapped to what a screen in a cabin shows.</summary>
    public IEnumerable<string> Filters()
    {
        if (IsWide)
        {
            var matrix = Says(Matrix) && Matrix != "gbr" ? Matrix : "bt2020nc";
            yield return $"setparams=color_primaries=bt2020:color_trc={(IsHdr ? Transfer : "bt2020-10")}:colorspace={matrix}";
            // White is 203 cd/m2 (ITU-R BT.2408); up to there nothing gets darker, what is brighter is pressed together.
            yield return "zscale=t=linear:p=bt709:npl=203,format=gbrpf32le";
            if (IsHdr) yield return "tonemap=mobius:desat=0";
            yield return "zscale=t=bt709:m=bt709:r=tv";
        }
        yield return "format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv";
    }

    private static bool Says(string name) => name is not ("" or "unknown" or "reserved" or "unspecified");
}
