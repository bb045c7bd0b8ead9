using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Delivery.Experiments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Api.Experiments;

/// <summary>Experiments with the creatives of a campaign.</summary>
static class ExperimentsApi
{
    public static void MapExperiments(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/campaigns/{id:guid}/experiments").WithTags("Campaigns");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists a campaign's experiments with what they have found, newest first.");
        api.MapPost("", StartAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422)
            .WithSummary(
                "Starts an experiment with all creatives of a booked campaign, counted from the next whole day on. With an "
                + "Idempotency-Key, a repeat returns the same experiment.");
        api.MapPost("/{experiment:guid}/stop", StopAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Stops a running experiment: the creatives take turns again by their weights.");
    }

    private static async Task<Results<Ok<ExperimentModel[]>, ProblemHttpResult>> ListAsync(
        Guid id, HttpContext http, CampaignService service, ExperimentReader experiments) =>
        await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null ? CampaignsApi.Missing()
            : TypedResults.Ok<ExperimentModel[]>(
                [.. (await experiments.ListAsync(id, http.Viewer().IsMediaOwner, http.RequestAborted)).Select(ExperimentModel.Of)]);

    private static async Task<Results<Created<ExperimentModel>, Ok<ExperimentModel>, ProblemHttpResult>> StartAsync(
        Guid id, HttpContext http, CampaignService service, ExperimentService experiments, ExperimentReader reader,
        NewExperimentModel asked, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return CampaignsApi.Missing();
        if (asked.Terms is not { } terms) return ApiProblem.Of(422, "Experiment.Problem.", ExperimentProblem.Terms);
        var wanted = IdempotencyKey.IdOf(http.Viewer(), $"experiment {id:N} ", key) ?? Guid.CreateVersion7();
        async Task<ExperimentModel?> FindAsync() => (await reader.ListAsync(id, http.Viewer().IsMediaOwner, http.RequestAborted))
            .Where(r => r.Experiment.Id == wanted).Select(ExperimentModel.Of).SingleOrDefault();
        if (key is not null && await FindAsync() is { } earlier) return TypedResults.Ok(earlier);
        var (experiment, problem) = await experiments.StartAsync(http.Viewer(), id, terms, wanted);
        // One at a time: it may be running since a repeat of this call.
        if (problem == ExperimentProblem.Running && await FindAsync() is { } meanwhile) return TypedResults.Ok(meanwhile);
        if (problem is { } refusal)
            return ApiProblem.Of(refusal == ExperimentProblem.Terms ? 422 : 409, "Experiment.Problem.", refusal);
        return experiment is null ? CampaignsApi.Missing()
            : TypedResults.Created($"/api/v1/campaigns/{id}/experiments", await FindAsync());
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> StopAsync(
        Guid id, Guid experiment, HttpContext http, ExperimentService experiments) =>
        await experiments.StopAsync(http.Viewer(), id, experiment) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoExperiment");
}
