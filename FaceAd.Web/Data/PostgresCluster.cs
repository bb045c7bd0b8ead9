using FaceAd.Web.Hosting;

using static FaceAd.Web.Data.PostgresProgram;

namespace FaceAd.Web.Data;

/// <summary>Sets up the files of the embedded PostgreSQL.</summary>
static class PostgresCluster
{
    /// <summary>Creates the folder of the cluster and its password, for the account that PostgreSQL runs as.</summary>
    public static async Task MakeFolderAsync(string folder, string bin, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (!IsRoot) return;
        if (await RunAsync("id", ["-u", Account], cancellation) is { Code: not 0 })
        {
            var added = await RunAsync("useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", Account], cancellation);
            if (added.Code != 0)
                throw new StartException(
                    $"PostgreSQL does not run as root, and the account '{Account}' could not be created: {added.Output}");
        }
        foreach (var parent in Parents(folder).Concat(Parents(bin)))
        {
            if ((File.GetUnixFileMode(parent) & UnixFileMode.OtherExecute) == 0)
                throw new StartException($"PostgreSQL runs as '{Account}', which cannot enter {parent}: run 'chmod o+x {parent}', put FaceAd and its data elsewhere, or run it as an ordinary user.");
        }
        await RunAsync("chown", [Account, folder], cancellation);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static IEnumerable<string> Parents(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
            yield return parent;
    }

    /// <summary>Creates the cluster, with a new password.</summary>
    public static async Task InitialiseAsync(string bin, string cluster, string passwordFile, CancellationToken cancellation)
    {
        if (Directory.Exists(cluster)) Directory.Delete(cluster, recursive: true); // left by an interrupted set-up
        PostgresRoles.PasswordIn(passwordFile);
        if (IsRoot) await RunAsync("chown", [Account, passwordFile], cancellation);
        var made = await RunAsync(
            Path.Combine(bin, "initdb"),
            ["-D", cluster, "-U", PostgresRoles.Admin, "--pwfile", passwordFile, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C",
                "--data-checksums"],
            cancellation,
            unprivileged: true);
        if (made.Code != 0) throw new StartException($"The database could not be set up in {cluster}: {LastLine(made.Output)}");
        await File.AppendAllTextAsync(
            Path.Combine(cluster, "postgresql.conf"),
            """

            # FaceAd
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = 100
            shared_buffers = 128MB
            log_min_messages = warning

            """,
            cancellation);
    }
}
