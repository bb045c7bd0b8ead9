namespace FaceAd.Web.Accounts.Audit;

/// <summary>
/// Keeps the audit log append-only inside the database: a trigger refuses every UPDATE and TRUNCATE, and every DELETE but those of rows
/// older than <see cref="LeastDays"/> in a transaction that has set <see cref="Permit"/>, which only <see cref="AuditRetention"/> does.
/// It binds the application, whatever it is made to run; not the owner of the database server, who can drop triggers.
/// </summary>
public static class AuditGuard
{
    /// <summary>Rows younger than this cannot be deleted by anything.</summary>
    public const int LeastDays = 30;

    /// <summary>What the retention job says first in its transaction.</summary>
    public const string Permit = "SET LOCAL facead.audit_retention = 'on'";

    /// <summary>Makes the triggers. Run by a migration; may run again.</summary>
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
