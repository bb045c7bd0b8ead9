using FaceAd.Inference.Models;

namespace FaceAd.Inference.Imaging;

/// <summary>Writes pixels (0..255) into a tensor in a model's format: channel order, mean, scale, layout.</summary>
readonly ref struct TensorWriter
{
    readonly Span<float> _tensor;
    readonly int _width;
    readonly int _pixelStep;
    readonly int _redAt;
    readonly int _greenAt;
    readonly int _blueAt;
    readonly bool _grey;
    readonly float _scale;
    readonly float _redMean;
    readonly float _greenMean;
    readonly float _blueMean;

    public TensorWriter(ModelInput format, Span<float> tensor)
    {
        if (tensor.Length != format.Length) throw new ArgumentException($"The tensor needs {format.Length} values.", nameof(tensor));
        _tensor = tensor;
        _width = format.Width;
        _scale = format.Scale;
        _grey = format.Channels == "GREY";
        var first = format.Mean[0];
        if (_grey)
        {
            (_pixelStep, _redMean) = (1, first);
            return;
        }
        var bgr = format.Channels == "BGR";
        var last = format.Mean[2];
        (_redMean, _greenMean, _blueMean) = (bgr ? last : first, format.Mean[1], bgr ? first : last);
        var plane = format.Layout == "NHWC" ? 1 : format.Width * format.Height;
        _pixelStep = format.Layout == "NHWC" ? 3 : 1;
        (_redAt, _greenAt, _blueAt) = bgr ? (2 * plane, plane, 0) : (0, plane, 2 * plane);
    }

    public void Write(int x, int y, float r, float g, float b)
    {
        var at = (y * _width + x) * _pixelStep;
        if (_grey)
        {
            // ITU-R BT.601 luma.
            _tensor[at] = (0.299f * r + 0.587f * g + 0.114f * b - _redMean) * _scale;
            return;
        }
        _tensor[at + _redAt] = (r - _redMean) * _scale;
        _tensor[at + _greenAt] = (g - _greenMean) * _scale;
        _tensor[at + _blueAt] = (b - _blueMean) * _scale;
    }
}
