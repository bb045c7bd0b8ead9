using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;

namespace FaceAd.Tests.Inference.Detection;

/// <summary>Overlapping boxes: the best one stays.</summary>
public sealed class SuppressionTests
{
    [Fact]
    public void Suppress_RandomBoxes_EqualsTheNaiveTwin()
    {
        var random = new Random(4);
        for (var round = 0; round < 100; round++)
        {
            var boxes = Enumerable.Range(0, 40).Select(i => new DetectedFace(
                new FaceBox(random.Next(50), random.Next(50), random.Next(5, 40), random.Next(5, 40)), i / 100f)).ToList();
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(boxes));
            var expected = new List<DetectedFace>();
            foreach (var box in boxes.OrderByDescending(b => b.Score))
            {
                if (expected.All(kept => kept.Box.IntersectionOverUnion(box.Box) <= 0.4f)) expected.Add(box);
            }
            var found = new DetectedFace[40];
            var count = FaceDetector.Suppress(boxes.ToArray(), found);

            Assert.Equal(expected, found.Take(count));
        }
    }
}
