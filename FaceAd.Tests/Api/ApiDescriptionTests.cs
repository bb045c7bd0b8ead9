using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceAd.Bench;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Api;

/// <summary>The API's description as other programs use it: linted, and a client made of it.</summary>
public sealed partial class ApiDescriptionTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    // What openapi-typescript and Redocly's linter say; run in the repository, whose packages they are.
    private const string Script = """
        import fs from 'node:fs';
        import openapiTS, { astToString } from 'openapi-typescript';
        import { createConfig, lintFromString } from '@redocly/openapi-core';
        import ts from 'typescript';
        const [description, client, use] = process.argv.slice(2);
        const source = fs.readFileSync(description, 'utf8');
        const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
        for (const p of await lintFromString({ source, absoluteRef: description, config }))
            console.log(`${p.severity} ${p.ruleId}: ${p.message} at ${p.location[0]?.pointer}`);
        fs.writeFileSync(client, astToString(await openapiTS(JSON.parse(source))));
        const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: [] };
        const program = ts.createProgram([use], options);
        for (const d of ts.getPreEmitDiagnostics(program))
            console.log(`error TS${d.code}: ${ts.flattenDiagnosticMessageText(d.messageText, ' ')} ${d.file?.fileName}:${d.start}`);
        """;

    [Fact]
    public async Task Description_LintedAndMadeAClientOf_HasNoFaultAndCompilesTheDocumentationsExamples()
    {
        using var anybody = app.NewClient();
        var folder = TestFolders.New("openapi");
        string PathOf(string name) => Path.Combine(folder, name);
        await File.WriteAllTextAsync(PathOf("openapi.json"), await anybody.GetStringAsync("api/v1/openapi.json"));
        await File.WriteAllTextAsync(PathOf("use.ts"), await UseAsync());
        // Beside node_modules: there a script finds its packages.
        var script = Path.Combine(Repository.Root, "node_modules", ".cache", $"facead-{Guid.NewGuid():N}.mjs");
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        await File.WriteAllTextAsync(script, Script);
        try
        {
            var (code, output, errors) = await Programs.RunAsync(
                "node", [script, PathOf("openapi.json"), PathOf("client.ts"), PathOf("use.ts")]);
            Assert.True(code == 0, errors);
            Assert.Equal("", output);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task Description_EveryOperation_HasAnIdOfItsOwnAndIntegersAreIntegers()
    {
        using var anybody = app.NewClient();
        var description = await anybody.GetFromJsonAsync<JsonElement>("api/v1/openapi.json");
        var ids = description.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject())
            .Where(o => o.Value.ValueKind == JsonValueKind.Object && o.Value.TryGetProperty("responses", out _))
            .Select(o => o.Value.GetProperty("operationId").GetString()!).ToList();
        Assert.True(ids.Count > 80, $"{ids.Count} operations");
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.Matches("^[a-z][A-Za-z0-9]+$", id));
        Assert.Contains("putCampaignsByIdCreativesByCreativeWeight", ids);
        foreach (var type in new[] { "integer", "number" })
        {
            foreach (var both in new[] { $"\"{type}\",\"string\"", $"\"string\",\"{type}\"" })
                Assert.DoesNotContain(both, Regex.Replace(description.GetRawText(), @"\s", ""), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("post", "uploads", "Tus-Resumable,Upload-Length,Upload-Metadata", "201", "Location,Upload-Expires")]
    [InlineData("head", "uploads/{id}", "Tus-Resumable", "200", "Upload-Offset,Upload-Length,Upload-Expires")]
    [InlineData("patch", "uploads/{id}", "Tus-Resumable,Upload-Offset", "204", "Upload-Offset,Upload-Expires")]
    [InlineData("delete", "uploads/{id}", "Tus-Resumable", "204", "")]
    [InlineData("post", "campaigns", "Idempotency-Key", "201", "ETag")]
    [InlineData("get", "campaigns/{id}", "", "200", "ETag")]
    [InlineData("put", "campaigns/{id}", "If-Match", "200", "ETag")]
    [InlineData("delete", "campaigns/{id}", "If-Match", "412", "")]
    [InlineData("post", "campaigns/{id}/steps", "If-Match", "202", "ETag")]
    [InlineData("post", "campaigns/{id}/duplicate", "Idempotency-Key,If-Match", "201", "ETag")]
    [InlineData("post", "campaigns/{id}/restore", "", "200", "ETag")]
    [InlineData("post", "approvals/campaigns/{id}/approve", "If-Match", "412", "")]
    [InlineData("post", "campaigns/{id}/experiments", "Idempotency-Key", "200", "")]
    public async Task Description_Headers_AreThoseThatAreReadAndSent(
        string method, string path, string taken, string status, string sent)
    {
        var operation = await OperationAsync(method, path);
        var parameters = operation.TryGetProperty("parameters", out var all)
            ? all.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "header").Select(p => p.GetProperty("name").GetString())
            : [];
        Assert.Equal(Names(taken), parameters.Order());
        var answer = operation.GetProperty("responses").GetProperty(status);
        var headers = answer.TryGetProperty("headers", out var given) ? given.EnumerateObject().Select(h => h.Name) : [];
        Assert.Equal(Names(sent), headers.Order());

        static IEnumerable<string> Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries).Order();
    }

    [Theory]
    [InlineData("post", "campaigns/{id}/creatives", null, "*/*")]
    [InlineData("post", "house", null, "*/*")]
    [InlineData("patch", "uploads/{id}", null, "application/offset+octet-stream")]
    [InlineData("get", "campaigns/{id}/creatives/{creative}/video", "200", "video/mp4")]
    [InlineData("get", "campaigns/{id}/creatives/{creative}/poster", "200", "image/jpeg")]
    public async Task Description_BytesSentOrReturned_AreBinary(string method, string path, string? status, string type)
    {
        var operation = await OperationAsync(method, path);
        var body = status is null ? operation.GetProperty("requestBody") : operation.GetProperty("responses").GetProperty(status);
        var schema = body.GetProperty("content").GetProperty(type).GetProperty("schema");
        Assert.Equal(("string", "binary"), (schema.GetProperty("type").GetString(), schema.GetProperty("format").GetString()));
    }

    private async Task<JsonElement> OperationAsync(string method, string path)
    {
        using var anybody = app.NewClient();
        var description = await anybody.GetFromJsonAsync<JsonElement>("api/v1/openapi.json");
        return description.GetProperty("paths").GetProperty("/api/v1/" + path).GetProperty(method);
    }

    // The bodies that docs/api.md sends, typed by the client.
    private static async Task<string> UseAsync()
    {
        var docs = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "api.md"));
        var campaign = PythonBody().Match(docs).Groups[1].Value.Replace("site[\"id\"]", "\"x\"", StringComparison.Ordinal)
            .Replace("list(range(7, 20))", "[7, 8]", StringComparison.Ordinal);
        Assert.NotEmpty(campaign);
        var bodies = CurlBodies().Matches(docs)
            .Select(m => (Body: m.Groups[1].Value.Replace("'$SITE'", "x", StringComparison.Ordinal), Path: m.Groups[2].Value))
            .Select(b => b with { Path = Regex.Replace(b.Path, @"\$ID", "{id}") }).Append((campaign, "/api/v1/campaigns")).ToList();
        Assert.True(bodies.Count >= 3, "The examples were not found.");
        var lines = bodies.Select((b, i) =>
            $"const body{i}: NonNullable<paths[\"{b.Item2}\"][\"post\"][\"requestBody\"]>[\"content\"][\"application/json\"] = {b.Item1};");
        return $"""
            import type {"{"} components, paths {"}"} from "./client";
            {string.Join('\n', lines)}
            declare const made: components["schemas"]["CampaignModel"];
            const budget: number = made.budgetKrw;
            export {"{"} budget, {string.Join(", ", bodies.Select((_, i) => $"body{i}"))} {"}"};
            """;
    }

    [GeneratedRegex("""body=(\{.*?\})\)\["id"\]""", RegexOptions.Singleline)]
    private static partial Regex PythonBody();

    [GeneratedRegex(@"--json '(\{.*?\})' \$SERVER(/api/v1/\S+)")]
    private static partial Regex CurlBodies();
}
