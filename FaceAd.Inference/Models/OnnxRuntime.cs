using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FaceAd.Inference.Models;

/// <summary>Starts ONNX Runtime once per process, with its telemetry off.</summary>
static partial class OnnxRuntime
{
    const string Library = "libonnxruntime.so";

    static readonly Lazy<bool> Started = new(Start);

    /// <summary>Must be called before anything else uses ONNX Runtime.</summary>
    /// <exception cref="DllNotFoundException">The native library is missing or built for another processor.</exception>
    public static void EnsureStarted() => _ = Started.Value;

    static bool Start()
    {
        // The native library calls getenv, which does not see Environment.SetEnvironmentVariable.
        if (SetEnv("ORT_DISABLE_TELEMETRY", "1", 1) != 0)
            throw new InvalidOperationException("setenv failed. ONNX Runtime was not started, because its telemetry would be on.");
        // Checked first: inside ONNX Runtime this would surface as a long TypeInitializationException.
        if (!NativeLibrary.TryLoad(Library, typeof(OrtEnv).Assembly, null, out _))
        {
            throw new DllNotFoundException(
                $"{Library} cannot be loaded from {AppContext.BaseDirectory}. Build or publish for this machine ({RuntimeInformation.RuntimeIdentifier}).");
        }
        var options = new EnvironmentCreationOptions { logId = "facead", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
        return true;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
