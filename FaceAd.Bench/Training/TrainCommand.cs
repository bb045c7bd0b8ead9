using System.CommandLine;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference;

namespace FaceAd.Bench.Training;

/// <summary><c>train --images DIR --labels CSV [...] --out FILE</c>: trains the head for age and gender on labelled pictures.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        var defaults = new HeadTraining();
        var images = new Option<DirectoryInfo[]>("--images") { Description = "Folder of pictures; once for each set", Required = true };
        var labels = new Option<FileInfo[]>("--labels")
        {
            Description = "Its CSV: file, age, gender (M or F); once for each set, in the same order",
            Required = true,
        };
        var output = new Option<FileInfo>("--out") { Description = "ONNX file to write; if omitted, nothing is written" };
        var cache = new Option<FileInfo?>("--features") { Description = "Cache file of the pictures' features, for the next training" };
        var folds = new Option<int>("--folds") { Description = "Folds of the cross-validation, 2 to 10", DefaultValueFactory = _ => 4 };
        var seed = new Option<int>("--seed") { Description = "Seed", DefaultValueFactory = _ => defaults.Seed };
        var hidden = new Option<int>("--hidden") { Description = "Width of the hidden layer", DefaultValueFactory = _ => defaults.Hidden };
        var epochs = new Option<int>("--epochs") { Description = "Passes over all views", DefaultValueFactory = _ => defaults.Epochs };
        var balance = new Option<float>("--balance")
        {
            Description = "0: bands as they are; 1: bands weigh the same",
            DefaultValueFactory = _ => defaults.Balance,
        };
        var spread = new Option<float>("--age-spread")
        {
            Description = "Standard deviation in years around a true age",
            DefaultValueFactory = _ => defaults.AgeSpread,
        };
        var noEmbedding = new Option<bool>("--no-embedding") { Description = "Leave the embedding out of the features" };
        var workers = EvaluationOptions.Workers();
        var models = Repository.ModelsOption();
        var command = new Command("train", "Trains the head for age and gender on labelled pictures, without the fifth that is held out.")
        {
            images, labels, output, cache, folds, seed, hidden, epochs, balance, spread, noEmbedding, workers, models,
        };
        command.SetAction((parsed, cancellation) => EvaluationOptions.RunAsync(parsed, async () =>
        {
            var folders = parsed.GetRequiredValue(images);
            var files = parsed.GetRequiredValue(labels);
            if (folders.Length != files.Length)
                throw new LabelException($"{folders.Length} folders of pictures and {files.Length} files of labels. Give as many of each.");
            var run = new TrainingRun(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation)
            {
                Training = new HeadTraining
                {
                    Seed = parsed.GetValue(seed),
                    Hidden = Math.Max(1, parsed.GetValue(hidden)),
                    Epochs = Math.Max(1, parsed.GetValue(epochs)),
                    Balance = parsed.GetValue(balance),
                    AgeSpread = Math.Max(0.5f, parsed.GetValue(spread)),
                },
                Folds = Math.Clamp(parsed.GetValue(folds), 2, 10),
                Workers = Math.Max(1, parsed.GetValue(workers)),
                WithEmbedding = !parsed.GetValue(noEmbedding),
                Cache = parsed.GetValue(cache)?.FullName,
            };
            using var chain = new FaceChain(
                new FaceChainOptions { ModelFolder = parsed.GetRequiredValue(models).FullName, Limits = PictureFile.Limits, Head = false });
            var sets = folders.Zip(files).Select(s => (s.First.FullName, LabelledPicture.ReadAll(s.Second.FullName))).ToList();
            await run.GoAsync(chain, sets, parsed.GetValue(output)?.FullName);
        }));
        return command;
    }
}
