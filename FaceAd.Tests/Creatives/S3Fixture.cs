using System.Diagnostics;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Hosting;

namespace FaceAd.Tests.Creatives;

/// <summary>The app whose videos are on an S3 server from npm, started for the class.</summary>
public sealed class S3Fixture : PeopleFixture, IAsyncLifetime
{
    private Process? _server;
    private readonly int _port = LoopbackPort.Free();

    /// <summary>How the server is reached.</summary>
    internal S3Options Options =>
        new()
        {
            Bucket = "facead",
            ServiceUrl = $"http://127.0.0.1:{_port}",
            AccessKey = "S3RVER",
            SecretKey = "S3RVER",
            Prefix = "videos/",
        };

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Media:S3:Bucket"] = Options.Bucket,
        ["Media:S3:ServiceUrl"] = Options.ServiceUrl,
        ["Media:S3:AccessKey"] = Options.AccessKey,
        ["Media:S3:SecretKey"] = Options.SecretKey,
        ["Media:S3:Prefix"] = Options.Prefix,
    };

    async Task IAsyncLifetime.InitializeAsync()
    {
        var modules = Environment.GetEnvironmentVariable("FACEAD_S3RVER") ?? Support.Models.NodeModules;
        _server = Process.Start(new ProcessStartInfo("node",
        [
            Path.Combine(modules, "s3rver", "bin", "s3rver.js"), "--address", "127.0.0.1", "--port", $"{_port}", "--directory",
            TestFolders.New("s3"), "--configure-bucket", "facead", "--no-vhost-buckets",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        // It says so once it listens.
        while (await _server.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("listening", StringComparison.OrdinalIgnoreCase)) break;
        }
        Assert.False(
            _server.HasExited, "The S3 server did not start: " + (_server.HasExited ? await _server.StandardError.ReadToEndAsync() : ""));
        _ = _server.StandardOutput.ReadToEndAsync();
        _ = _server.StandardError.ReadToEndAsync();
        await InitializeAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        _server?.Kill(entireProcessTree: true);
        _server?.Dispose();
    }
}
