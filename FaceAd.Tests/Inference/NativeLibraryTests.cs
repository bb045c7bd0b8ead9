using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using FaceAd.Bench;
using FaceAd.Player;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

/// <summary>Programs carry the native libraries of the machine that they are for, and no others.</summary>
public sealed class NativeLibraryTests : IDisposable
{
    private const int X64 = 62, AArch64 = 183; // e_machine of the ELF specification
    private readonly string _folder = Directory.CreateTempSubdirectory("facead-natives-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void PlayerOutput_Natives_AreOfThisMachineOnly()
    {
        var output = Path.GetDirectoryName(typeof(PlayerHost).Assembly.Location)!;
        var machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? AArch64 : X64;

        Assert.Equal(machine, Machine(Path.Combine(output, "libonnxruntime.so")));
        Assert.All(Directory.GetFiles(output, "*.so", SearchOption.AllDirectories), file => Assert.Equal(machine, Machine(file)));
        Assert.False(Directory.Exists(Path.Combine(output, "runtimes")), "The output carries natives of other platforms.");
    }

    [Fact]
    public async Task PlayerPublished_ForArm64_CarriesItsNativesOnly()
    {
        var project = Path.Combine(Repository.Root, "FaceAd.Player", "FaceAd.Player.csproj");
        // What a publish would copy, without compiling anything; written beside the repository's own build.
        var (code, said) = await DotnetAsync(
            "build", project, "-c", "Release", "-r", "linux-arm64", "--artifacts-path", _folder, "--disable-build-servers", "-v", "quiet",
            "-t:ComputeResolvedFilesToPublishList", "-getItem:ResolvedFileToPublish");

        Assert.True(code == 0, said);
        using var list = JsonDocument.Parse(said);
        List<string> natives =
        [
            .. list.RootElement.GetProperty("Items").GetProperty("ResolvedFileToPublish").EnumerateArray()
                .Select(file => file.GetProperty("FullPath").GetString()!).Where(path => path.EndsWith(".so", StringComparison.Ordinal)),
        ];
        Assert.Contains(natives, path => Path.GetFileName(path) == "libonnxruntime.so");
        Assert.All(natives, path => Assert.Equal(AArch64, Machine(path)));
    }

    [Fact]
    public async Task Start_NativeOfAnotherMachine_EndsWithOneLineThatNamesIt()
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(typeof(Repository).Assembly.Location)!))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(_folder, "libonnxruntime.so"), "not for this machine");

        var (code, said) = await DotnetAsync(
            Path.Combine(_folder, "FaceAd.Bench.dll"), "pipeline", "--models", Support.Models.Folder, "--node-modules",
            Support.Models.NodeModules);

        Assert.Equal(1, code);
        Assert.StartsWith("error: libonnxruntime.so", said.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said.Trim());
    }

    private static int Machine(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[20];
        file.ReadExactly(head);
        Assert.Equal("\u007fELF"u8, head.AsSpan(0, 4));
        return BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(18));
    }

    private static async Task<(int Code, string Said)> DotnetAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.RunAsync("dotnet", arguments);
        return (code, output + errors);
    }
}
