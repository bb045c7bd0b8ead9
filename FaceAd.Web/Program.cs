using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;

var builder = WebApplication.CreateBuilder(args);
var folder = new DataFolder(Path.GetFullPath(builder.Configuration["Data:Folder"] ?? ".data"));
Directory.CreateDirectory(folder.Root);

await using var postgres = await builder.StartDatabaseAsync(folder);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(folder);
builder.Services.AddData(builder.Configuration.GetConnectionString("FaceAd")!);
builder.Services.AddAccounts(folder);
builder.Services.AddCampaigns();
builder.Services.AddStandIn();
builder.Services.AddDashboard();

var app = builder.Build();
await app.Services.MigrateAsync();
await app.Services.EnsureFirstAdminAsync();
app.UseSecurityHeaders();
app.UseDashboard();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapHealthChecks("/healthz", new() { Predicate = _ => false });
app.MapHealthChecks("/readyz", new() { Predicate = check => check.Tags.Contains("ready") });
app.MapAccounts();
app.MapCampaigns();
app.MapDashboard();
app.Run();

/// <summary>The web app. Public so that tests can start it.</summary>
public sealed partial class Program;
