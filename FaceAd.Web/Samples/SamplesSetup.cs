namespace FaceAd.Web.Samples;

static class SamplesSetup
{
    public static void AddSamples(this IServiceCollection services) => services.AddSingleton<SampleData>();
}
