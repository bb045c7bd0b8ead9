using System.Buffers.Binary;
using FaceAd.Player;

namespace FaceAd.Tests.Inference;

/// <summary>The player's output carries ONNX Runtime for the processors it runs on.</summary>
public sealed class NativeLibraryTests
{
    private const int X64 = 62, AArch64 = 183; // e_machine of the ELF specification

    [Theory]
    [InlineData("linux-x64", X64)]
    [InlineData("linux-arm64", AArch64)]
    public async Task PlayerOutput_OnnxRuntime_IsOfTheMachine(string runtime, int machine)
    {
        var output = Path.GetDirectoryName(typeof(PlayerHost).Assembly.Location)!;
        await using var file = File.OpenRead(Path.Combine(output, "runtimes", runtime, "native", "libonnxruntime.so"));
        var head = new byte[20];
        await file.ReadExactlyAsync(head);
        Assert.Equal("\u007fELF"u8, head.AsSpan(0, 4));
        Assert.Equal(machine, BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(18)));
    }
}
