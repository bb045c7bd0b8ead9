namespace FaceAd.Bench.Evaluation;

/// <summary>Label and prediction for one picture.</summary>
/// <param name="Age">True age in years, not negative.</param>
/// <param name="Male">Whether the label says a man or boy.</param>
/// <param name="Ages">Weight of each age, entry i for i + 1 years; null when no face was found.</param>
/// <param name="MaleProbability">Probability of a man, 0..1; meaningless when no face was found.</param>
sealed record Prediction(int Age, bool Male, float[]? Ages, double MaleProbability)
{
    /// <summary>Whether a face was found.</summary>
    public bool Found => Ages is not null;

    /// <summary>Creates the prediction for a picture in which no face was found.</summary>
    /// <param name="age">True age in years.</param>
    /// <param name="male">Whether the label says a man or boy.</param>
    public static Prediction NotFound(int age, bool male) => new(age, male, null, double.NaN);
}
