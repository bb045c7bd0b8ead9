using System.Buffers;
using System.Globalization;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Models;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Frames;

static class FramesSetup
{
    /// <summary>Loads the models at once: a missing or changed model file stops the start with one clear line.</summary>
    /// <exception cref="ModelFileException">There are no models, or one cannot be used.</exception>
    public static void AddFrames(this IServiceCollection services, IConfiguration configuration)
    {
        var models = ProgramFolder.Find(configuration, "Models:Folder", "models");
        if (!Directory.Exists(models))
            throw new ModelFileException($"{models} does not exist: set Models:Folder to the folder of prepared face models.");
        services.AddSingleton<FrameMeters>();
        services.AddSingleton<AnalysisGaps>();
        services.AddSingleton<FrameQueue>();
        services.AddSingleton(new FaceChain(new FaceChainOptions { ModelFolder = models }));
        services.AddSingleton<ReportQueue>();
        services.AddSingleton<FrameWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<FrameWorker>());
    }

    public static void MapFrames(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.Frames, PostFrameAsync).ForScreens();

    private static async Task<IResult> PostFrameAsync(
        HttpRequest request, FrameQueue queue, FrameMeters meters, ScreenDirectory screens, TimeProvider time)
    {
        if (request.HttpContext.User.ScreenId() is not { } id || screens.Find(id) is not { } screen) return Results.Unauthorized();
        if (!screen.Measurement) return Problem(409, "Measurement is switched off at this site.");
        if (!screen.Takes(InferenceMode.Server, time.GetUtcNow()))
            return Problem(409, "This screen analyses its frames itself; send audience reports.");
        using var trace = Traces.Begin("frame received", id);
        if (request.ContentType != "image/jpeg") return Problem(415, "Send one JPEG with content type image/jpeg.");
        if (request.ContentLength is not { } length) return Problem(411, "Send the Content-Length.");
        if (length > Routes.MaxFrameBytes) return Problem(413, $"A frame has at most {Routes.MaxFrameBytes} bytes.");
        if (length < 4) return Problem(400, "The frame is empty.");
        if (!TryReadCaptureTime(request, time.GetUtcNow(), out var capturedAt))
            return Problem(400, $"Send the capture time in {Routes.CapturedAtHeader}, within a day of now.");

        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await request.Body.ReadExactlyAsync(buffer.AsMemory(0, (int)length), request.HttpContext.RequestAborted);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            throw;
        }
        if (buffer[0] != 0xFF || buffer[1] != 0xD8)
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            meters.Invalid(id);
            return Problem(415, "The body is not a JPEG.");
        }
        meters.Received(id);
        queue.Enqueue(new PendingFrame(id, capturedAt, buffer, (int)length)
        {
            CabinEmptied = request.Headers[Routes.CabinEmptiedHeader] == "true",
            Received = (time.GetUtcNow(), Traces.Current),
        });
        return Results.Accepted();
    }

    private static bool TryReadCaptureTime(HttpRequest request, DateTimeOffset now, out DateTimeOffset capturedAt) =>
        DateTimeOffset.TryParseExact(
            request.Headers[Routes.CapturedAtHeader], "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out capturedAt)
        && (capturedAt - now).Duration() < TimeSpan.FromDays(1);

    private static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);
}
