using System.Security.Cryptography;
using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>
/// The roles of the embedded PostgreSQL. <see cref="Admin"/> set the cluster up; it makes roles and backups. The app works as
/// <see cref="App"/>, which owns the database and is no superuser: a statement that somebody slipped in could not run programs.
/// </summary>
static class PostgresRoles
{
    /// <summary>The superuser.</summary>
    public const string Admin = "facead";

    /// <summary>The owner of the database.</summary>
    public const string App = "facead_app";

    /// <summary>Files of their passwords, in the folder of the cluster.</summary>
    public const string AdminFile = "password", AppFile = "app-password";

    /// <summary>Name of the database.</summary>
    public const string Database = "facead";

    // Installations from before this role had the superuser own everything. Sequences of columns and row types go with their table.
    private const string TakeOver = $"""
        DO $$
        DECLARE thing record;
        BEGIN
            FOR thing IN SELECT c.oid::regclass AS name FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
                AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
            LOOP EXECUTE format('ALTER TABLE %s OWNER TO {App}', thing.name); END LOOP;
            FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            LOOP EXECUTE format('ALTER ROUTINE %s OWNER TO {App}', thing.name); END LOOP;
            ALTER DATABASE {Database} OWNER TO {App};
        END $$
        """;

    /// <summary>Reads a password, or makes it.</summary>
    /// <param name="file">File with the password; only its owner can read it.</param>
    public static string PasswordIn(string file)
    {
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known) return known;
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        using (var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        using (var writer = new StreamWriter(stream)) writer.Write(password + "\n");
        return password;
    }

    /// <summary>Makes the app's role and database, where they are missing.</summary>
    /// <param name="admin">How to connect as <see cref="Admin"/>, to any database.</param>
    /// <param name="password">The app's password: hexadecimal digits.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task EnsureAsync(NpgsqlConnectionStringBuilder admin, string password, CancellationToken cancellation)
    {
        await using (var connection = await OpenAsync(admin, "postgres", cancellation))
        {
            if ((await connection.QueryAsync("SELECT 1 FROM pg_roles WHERE rolname = $1", [App], _ => true, cancellation)).Count == 0)
                await connection.ExecuteAsync($"CREATE ROLE {App} LOGIN", [], cancellation);
            // It waits for older transactions of all sessions before it wipes what was destroyed.
            await connection.ExecuteAsync($"GRANT pg_read_all_stats TO {App}", [], cancellation);
            await connection.ExecuteAsync($"ALTER ROLE {App} PASSWORD '{password}'", [], cancellation);
            var owners = await connection.QueryAsync(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", [Database], r => r.GetString(0), cancellation);
            if (owners is [App]) return;
            if (owners.Count == 0)
            {
                await connection.ExecuteAsync($"CREATE DATABASE {Database} OWNER {App}", [], cancellation);
                return;
            }
        }
        await using var database = await OpenAsync(admin, Database, cancellation);
        await database.ExecuteAsync(TakeOver, [], cancellation);
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        NpgsqlConnectionStringBuilder admin, string database, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }
}
