namespace FaceAd.Web.Accounts.Audit;

/// <summary>
/// Keeps the audit log append-only inside the database: a trigger refuses every UPDATE and TRUNCATE, and every DELETE except of rows older
/// than <see cref="LeastDays"/> in a transaction that has set <see cref="Permit"/>, which only <see cref="AuditRetention"/> does. This
/// binds the application, even a compromised one, but not the database owner, who can drop triggers.
/// </summary>
static class AuditGuard
{
    /// <summary>Minimum retention in days: younger rows cannot be deleted.</summary>
    public const int LeastDays = 30;

    /// <summary>First statement of the retention job's transaction; permits deletes.</summary>
    public const string Permit = "SET LOCAL facead.audit_retention = 'on'";

    /// <summary>Creates the triggers. Run by a migration; idempotent.</summary>
    public const string Create = """
        CREATE OR REPLACE FUNCTION audit_entries_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF current_setting('facead.audit_retention', true) = 'on' AND OLD.at < now() - interval '30 days' THEN
                    RETURN OLD;
                END IF;
            END IF;
            RAISE EXCEPTION 'audit_entries is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE OR REPLACE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
            FOR EACH ROW EXECUTE FUNCTION audit_entries_guard();
        CREATE OR REPLACE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
            FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_guard();
        """;
}
