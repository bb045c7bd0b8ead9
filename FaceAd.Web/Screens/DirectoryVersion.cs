namespace FaceAd.Web.Screens;

/// <summary>
/// A number in the database that grows with every change of what <see cref="ScreenDirectory"/> holds, whoever makes the change. Triggers
/// raise it in the transaction of the change, so who reads it sees the change too; heartbeats leave it.
/// </summary>
static class DirectoryVersion
{
    /// <summary>Reads it, as EF Core wants the column named.</summary>
    public const string Read = """SELECT version AS "Value" FROM directory_version""";

    /// <summary>Creates it with its triggers. Run by a migration; idempotent.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS directory_version (version bigint NOT NULL);
        INSERT INTO directory_version (version) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM directory_version);
        CREATE OR REPLACE FUNCTION directory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE directory_version SET version = version + 1;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER screens_directory_changed
            AFTER INSERT OR DELETE OR UPDATE OF site_id, name, mode, token_hash, revoked_at ON screens
            FOR EACH STATEMENT EXECUTE FUNCTION directory_changed();
        CREATE OR REPLACE TRIGGER sites_directory_changed
            AFTER UPDATE OF name, time_zone, epoch_anchor, measurement, measured_until, consent_at, notice ON sites
            FOR EACH STATEMENT EXECUTE FUNCTION directory_changed();
        """;
}
