namespace FaceAd.Bench.Evaluation;

/// <summary>One labelled picture, and what was said of the face in it.</summary>
/// <param name="Age">True age in years, 0 and more.</param>
/// <param name="Male">Whether the label says a man or boy.</param>
/// <param name="Ages">Weight of each age, entry i for i + 1 years; null when no face was found.</param>
/// <param name="MaleProbability">Probability of a man, 0..1; of no meaning when no face was found.</param>
sealed record Prediction(int Age, bool Male, float[]? Ages, double MaleProbability)
{
    /// <summary>Whether a face was found.</summary>
    public bool Found => Ages is not null;

    /// <summary>A picture in which no face was found.</summary>
    /// <param name="age">True age in years.</param>
    /// <param name="male">Whether the label says a man or boy.</param>
    public static Prediction NotFound(int age, bool male) => new(age, male, null, double.NaN);
}
