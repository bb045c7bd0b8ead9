using FaceAd.Demo;
using FaceAd.Demo.Footage;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.EndToEnd;

/// <summary>The camera of an empty cabin that riders enter on cue: on a slow machine, too, nobody comes before they are awaited.</summary>
internal sealed class CabinOnCue
{
    private const int FramesPerSecond = 5;

    private const string Camera = """
        cd "$(dirname "$0")"
        while :; do
          ride=empty
          if [ -e cue ]; then ride=$(cat cue); rm cue; fi
          for frame in "$ride"/*.jpg; do cat "$frame" || exit; sleep 0.2; done
        done
        """;

    private readonly string _folder = TestFolders.New("cabin");

    private CabinOnCue() => File.WriteAllText(Path.Combine(_folder, "camera.sh"), Camera);

    /// <summary>For <c>--camera</c>.</summary>
    public string Source => $"command:sh {_folder}/camera.sh";

    /// <summary>Draws the cabin.</summary>
    /// <param name="cast">Who may ride, as in a script.</param>
    /// <param name="rides">Who comes and goes together: a name, the seconds until all have gone, and their rides as in a script.</param>
    public static async Task<CabinOnCue> DrawAsync(string cast, params (string Name, double Seconds, string Rides)[] rides)
    {
        var cabin = new CabinOnCue();
        foreach (var (name, seconds, together) in rides.Append(("empty", 1.0 / FramesPerSecond, "")))
        {
            var script = CabinScript.FromJson(FormattableString.Invariant($$"""
                {
                  "screen": "test", "seconds": {{seconds}}, "framesPerSecond": {{FramesPerSecond}}, "seed": 7,
                  "cast": [{{cast}}], "rides": [{{together}}]
                }
                """));
            await CabinFootage.Load(script, MediaCommand.PortraitFolder(Support.Models.NodeModules))
                .WriteJpegsAsync(Path.Combine(cabin._folder, name), default);
        }
        return cabin;
    }

    /// <summary>Has riders enter, once, as soon as those before have gone.</summary>
    public void Enter(string riders)
    {
        var cue = Path.Combine(_folder, "cue");
        File.WriteAllText(cue + ".part", riders);
        File.Move(cue + ".part", cue);
    }
}
