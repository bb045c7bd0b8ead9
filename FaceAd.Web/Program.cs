using FaceAd.Web;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Hosting;
using FaceAd.Web.Operations;

#pragma warning disable RS0030 // A command-line entry point may write to the console.
try
{
    return MovingWebP.Run(args) ?? await VerifyPlaysCommand.RunAsync(args, Console.Out) ?? await WebServer.RunAsync(args);
}
catch (Exception e) when (StartException.LineOf(e) is { } line)
{
    await Console.Error.WriteLineAsync("facead-web: " + line);
    return 1;
}
#pragma warning restore RS0030

/// <summary>The web app. Public so that tests can start it.</summary>
sealed partial class Program;
