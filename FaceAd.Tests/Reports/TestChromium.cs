using FaceAd.Tests.Support;
using FaceAd.Web.Hosting;
using FaceAd.Web.Reports.Printing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Reports;

/// <summary>A program in Chromium's place that does what a test says.</summary>
internal sealed class TestChromium
{
    private readonly string _folder;

    private TestChromium(string folder, string path, double seconds)
    {
        _folder = folder;
        Options = Microsoft.Extensions.Options.Options.Create(
            new PrintOptions { PrintTime = TimeSpan.FromSeconds(seconds), MostWaiting = 1 });
        Chromium = new HeadlessChromium(
            Microsoft.Extensions.Options.Options.Create(new ChromiumOptions { Path = path }), NullLogger<HeadlessChromium>.Instance);
        Printer = new ReportPrinter(Chromium, Options, NullLogger<ReportPrinter>.Instance);
    }

    public IOptions<PrintOptions> Options { get; }

    public HeadlessChromium Chromium { get; }

    public ReportPrinter Printer { get; }

    /// <summary>How often it was run.</summary>
    public int Runs => File.Exists(PathOf("runs")) ? File.ReadAllLines(PathOf("runs")).Length : 0;

    /// <param name="script">A shell script; the file to write is <c>$out</c>, and <c>$here</c> a folder that stays.</param>
    /// <param name="seconds">How long a print may take.</param>
    public static async Task<TestChromium> NewAsync(string script, double seconds = 30)
    {
        var folder = TestFolders.New("chromium");
        var path = Path.Combine(folder, "chromium");
        var text = $$"""
            #!/bin/sh
            here={{folder}}
            for a in "$@"; do case "$a" in --print-to-pdf=*) out="${a#--print-to-pdf=}";; esac; done
            echo "$HOME" > "$here/home"
            echo run >> "$here/runs"
            {{script}}
            """.ReplaceLineEndings("\n");
        // Not by us: a child that is forked at this moment would hold the open file, and nobody could run it.
        var (code, _, errors) = await Programs.RunAsync("sh", ["-c", "printf %s \"$1\" > \"$2\" && chmod +x \"$2\"", "sh", text, path]);
        Assert.True(code == 0, errors);
        return new TestChromium(folder, path, seconds);
    }

    /// <summary>A server without Chromium.</summary>
    public static TestChromium None() => new(TestFolders.New("chromium"), "", 30);

    public string PathOf(string name) => Path.Combine(_folder, name);
}
