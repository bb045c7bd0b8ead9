using System.Diagnostics;
using System.Text.RegularExpressions;
using FaceAd.Bench;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;

namespace FaceAd.Tests.EndToEnd;

/// <summary>The web app as on a server: far from any repository, with what it needs beside it or named by options.</summary>
public sealed partial class AnyFolderTests
{
    [Fact]
    public async Task Start_ModelsAndPostgresBesideTheProgram_ServesFromAnEmptyWorkingFolder()
    {
        var (program, here, data) = (TestFolders.New("program"), TestFolders.New("empty"), TestFolders.New("data"));
        CopyWeb(program);
        Directory.CreateSymbolicLink(Path.Combine(program, "models"), Support.Models.Folder);
        Directory.CreateSymbolicLink(Path.Combine(program, "postgres"), Repository.PostgresIn(Support.Models.NodeModules));

        using var web = Start(program, here, "--urls", "http://127.0.0.1:0", "--Data:Folder", data);
        var errors = web.StandardError.ReadToEndAsync();
        var address = await AddressAsync(web).WaitAsync(Wait.Limit);
        var rest = web.StandardOutput.ReadToEndAsync();
        try
        {
            if (address is null) Assert.Fail(await errors);
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            Assert.Equal("Healthy", await http.GetStringAsync("readyz"));
            Assert.Contains("<form", await http.GetStringAsync("account/login"), StringComparison.Ordinal);
            Assert.NotEmpty(await http.GetByteArrayAsync("css/app.css"));
        }
        finally
        {
            PostgresProgram.Signal(web.Id, 15); // SIGTERM, as from systemd
            await web.WaitForExitAsync().WaitAsync(Wait.Limit);
        }
        Assert.True(web.ExitCode == 0, await errors + await rest);
        Assert.True(File.Exists(Path.Combine(data, "postgres", "password")));
        Assert.Empty(Directory.GetFileSystemEntries(here));
    }

    [Theory]
    [InlineData("Postgres:Folder")]
    [InlineData("Postgres:Folder", "--Postgres:Folder", "/nowhere")]
    [InlineData("Models:Folder", "--ConnectionStrings:FaceAd", "Host=127.0.0.1")]
    [InlineData("Models:Folder", "--ConnectionStrings:FaceAd", "Host=127.0.0.1", "--Models:Folder", "/nowhere")]
    [InlineData("Data:Folder", "--Data:Folder", "/proc/nowhere")]
    public async Task Start_SomethingIsMissing_EndsAndNamesTheOption(string option, params string[] settings)
    {
        using var web = Start(AppContext.BaseDirectory, TestFolders.New("empty"), ["--Data:Folder", TestFolders.New("data"), .. settings]);
        var (output, errors) = (web.StandardOutput.ReadToEndAsync(), web.StandardError.ReadToEndAsync());
        await web.WaitForExitAsync().WaitAsync(Wait.Limit);
        Assert.NotEqual(0, web.ExitCode);
        Assert.Contains($"set {option}", await output + await errors, StringComparison.Ordinal);
    }

    private static Process Start(string program, string workingFolder, params string[] settings) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(program, "FaceAd.Web.dll"), .. settings])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>The address that the app says it listens on; null when it ends without.</summary>
    private static async Task<string?> AddressAsync(Process web)
    {
        while (await web.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match) return match.Groups[1].Value;
        }
        return null;
    }

    // What the build made of the web app alone: this test's own folder has everything else, too.
    private static void CopyWeb(string to)
    {
        var (framework, configuration) = (new DirectoryInfo(AppContext.BaseDirectory).Name,
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name);
        var from = Path.Combine(Repository.Root, "FaceAd.Web", "bin", configuration, framework);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
