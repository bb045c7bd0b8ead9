using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FaceAd.Inference.Models;

/// <summary>Starts ONNX Runtime once per process: telemetry off, own search for the native library.</summary>
static partial class OnnxRuntime
{
    static readonly Lazy<bool> Started = new(Start);

    /// <summary>Must run before anything else touches ONNX Runtime.</summary>
    public static void EnsureStarted() => _ = Started.Value;

    static bool Start()
    {
        // The native reads its environment with getenv, which does not see Environment.SetEnvironmentVariable.
        if (SetEnv("ORT_DISABLE_TELEMETRY", "1", 1) != 0)
            throw new InvalidOperationException("setenv failed; ONNX Runtime is not started with its telemetry on.");
        // Before the first touch of any of its types, whose start-up would set a resolver that asks the system first.
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
        var options = new EnvironmentCreationOptions { logId = "facead", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
        return true;
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "onnxruntime") return 0;
        var architecture = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "linux-x64",
            Architecture.Arm64 => "linux-arm64",
            var other => throw new PlatformNotSupportedException($"ONNX Runtime has no native library for {other}."),
        };
        string[] candidates =
        [
            Path.Combine(AppContext.BaseDirectory, "runtimes", architecture, "native", "libonnxruntime.so"),
            Path.Combine(AppContext.BaseDirectory, "libonnxruntime.so"),
        ];
        foreach (var candidate in candidates)
        {
            if (File.Exists(candidate)) return NativeLibrary.Load(candidate);
        }
        throw new DllNotFoundException($"{candidates[0]} is missing. Build again after npm ci.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
