using System.CommandLine;
using FaceAd.Inference;

namespace FaceAd.Bench.Evaluation;

/// <summary><c>evaluate --images DIR --labels CSV</c>: accuracy of the production pipeline's age and gender.</summary>
static class EvaluateCommand
{
    public static Command Create()
    {
        var images = EvaluationOptions.Images();
        var labels = new Option<FileInfo>("--labels")
        {
            Description = "CSV with the columns file, age (whole years), gender (M or F); others are ignored",
            Required = true,
        };
        var part = new Option<Part>("--part")
        {
            Description = "all, held-out (the fifth that training never sees, by file name), or training",
            CustomParser = EvaluationOptions.ParsePart,
        };
        var noHead = new Option<bool>("--no-head") { Description = "Leave out the head, to see what it gains" };
        var json = EvaluationOptions.Json();
        var workers = EvaluationOptions.Workers();
        var models = Repository.ModelsOption();
        var command = new Command("evaluate", "Accuracy of age, gender and segments on labelled pictures, with 95 % intervals.")
        {
            images, labels, part, noHead, json, workers, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var chosen = parsed.GetValue(part);
            var file = parsed.GetRequiredValue(labels).FullName;
            var rows = LabelledPicture.ReadAll(file).FindAll(row => HeldOut.IsIn(chosen, row.File));
            if (rows.Count == 0) throw new LabelException($"{file} has no picture of this part. Omit --part.");
            using var chain = new FaceChain(new FaceChainOptions
            {
                ModelFolder = parsed.GetRequiredValue(models).FullName,
                Limits = PictureFile.Limits,
                Head = !parsed.GetValue(noHead),
            });
            var evaluator = new Evaluator(chain, parsed.GetRequiredValue(images).FullName);
            var predictions = await evaluator.PredictAsync(rows, Math.Max(1, parsed.GetValue(workers)), progress, cancellation);
            var name = chosen switch { Part.HeldOut => "held-out", Part.Training => "training", _ => "all" };
            var report = new EvaluationReport(chain.ModelVersion, name, evaluator.Unreadable, EvaluationScores.Of(predictions));
            if (parsed.GetValue(json)) await output.WriteLineAsync(report.ToJson());
            else report.Print(output);
        }));
        return command;
    }
}
