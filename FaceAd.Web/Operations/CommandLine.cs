using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Creatives;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using FaceAd.Web.Reports.Printing;
using FaceAd.Web.Webhooks;

namespace FaceAd.Web.Operations;

/// <summary>
/// The settings that the program's arguments may name. A misspelt one would be ignored without a word, and a second data folder made, say.
/// </summary>
static class CommandLine
{
    // Of the framework and of OpenTelemetry, with whatever follows.
    private static readonly string[] Sections = ["Logging:", "Kestrel:", "Proxies:", "OTEL_"];

    private static readonly HashSet<string> Keys = new(
        [
            "environment", "contentRoot", "applicationName", "webRoot", "urls", "http_ports", "https_ports", "shutdownTimeoutSeconds",
            "ForwardedHeaders_Enabled", "AllowedHosts", "Proxies", "ConnectionStrings:FaceAd", "ConnectionStrings:Direct", "Data:Folder",
            "Models:Folder", "Postgres:Folder", "Backup:Folder", "Backup:KeepDays", "Audit:KeepDays", "Retention:RawDays", "Privacy:Grace",
            "Exposures:Threshold", "Dashboard:TimeZone", "Nodes:Address", "Nodes:PrivateNetwork",
            .. KeysOf("Accounts", typeof(AccountOptions)), .. KeysOf("Mail", typeof(MailOptions)),
            .. KeysOf("Approvals", typeof(ApprovalOptions)), .. KeysOf("Media", typeof(MediaOptions)),
            .. KeysOf("Chromium", typeof(ChromiumOptions)), .. KeysOf("Reports", typeof(PrintOptions)),
            .. KeysOf("Decisions", typeof(DecisionOptions)), .. KeysOf("Webhooks", typeof(WebhookOptions)),
            .. KeysOf("Telemetry", typeof(TelemetryOptions)),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks the arguments that are settings.</summary>
    /// <exception cref="StartException">One is unknown, or has no value.</exception>
    public static void Demand(IReadOnlyList<string> settings)
    {
        for (var i = 0; i < settings.Count; i++)
        {
            var (key, value) = settings[i].Split('=', 2) is [var name, var given] ? (name, given) : (settings[i], null);
            if (!key.StartsWith("--", StringComparison.Ordinal) || !(IsKnown(key[2..]) || (value is "" && IsSection(key[2..]))))
            {
                throw new StartException(
                    $"There is no argument {key}. Settings are written --Data:Folder DIR; docs/operations.md lists them.");
            }
            if (value is null && ++i == settings.Count) throw new StartException($"The argument {key} has no value.");
        }
    }

    private static bool IsKnown(string key) =>
        Keys.Contains(key) || Sections.Any(s => key.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    // Nothing for a section changes nothing; test hosts write it.
    private static bool IsSection(string key) =>
        Keys.Concat(Sections).Any(k => k.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> KeysOf(string section, Type options) => options.GetProperties().SelectMany(p =>
        p.PropertyType is { IsClass: true, Namespace: { } space } part && space.StartsWith("FaceAd", StringComparison.Ordinal)
            ? KeysOf($"{section}:{p.Name}", part) : [$"{section}:{p.Name}"]);
}
