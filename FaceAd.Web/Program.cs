using FaceAd.Web.Data;

var builder = WebApplication.CreateBuilder(args);
var folder = new DataFolder(Path.GetFullPath(builder.Configuration["Data:Folder"] ?? ".data"));
Directory.CreateDirectory(folder.Root);

await using var postgres = await builder.StartDatabaseAsync(folder);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(folder);
builder.Services.AddData(builder.Configuration.GetConnectionString("FaceAd")!);

var app = builder.Build();
await app.Services.MigrateAsync();
app.MapHealthChecks("/healthz", new() { Predicate = _ => false });
app.MapHealthChecks("/readyz", new() { Predicate = check => check.Tags.Contains("ready") });
app.Run();

/// <summary>The web app. Public so that tests can start it.</summary>
public sealed partial class Program;
