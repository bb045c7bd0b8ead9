using FaceAd.Core;
using FaceAd.Demo.Videos;
using SkiaSharp;

namespace FaceAd.Demo.Footage;

/// <summary>A member of the cast: a portrait, cut out with soft edges, on drawn shoulders.</summary>
sealed class CabinRider
{
    static readonly string[] Adult = ["#343c4e", "#5c4a42", "#465854", "#743c3e", "#3a3a3e", "#8c8070", "#40547a", "#b0aaa0"];
    static readonly string[] Child = ["#e8b040", "#5c9ece", "#d86860", "#78b674"];

    /// <summary>
    /// The matte: head, hair and neck inside an egg shape. Near its rim, pixels with the portrait's background colour, sampled at the
    /// left and right edge of the same row, fade out.
    /// </summary>
    const string Matte =
        """
        uniform shader portrait;
        uniform float side;
        half4 main(float2 p) {
            float2 at = p / side;
            half3 here = portrait.eval(p).rgb;
            float edge = at.x < 0.5 ? 4 : side - 4;
            half3 rim = (portrait.eval(float2(edge, p.y - 12)).rgb + portrait.eval(float2(edge, p.y)).rgb + portrait.eval(float2(edge,
                p.y + 12)).rgb) / 3;
            float wide = 0.40 - 0.26 * max(0, at.y - 0.5);
            float d = length(float2((at.x - 0.5) / wide, (at.y - 0.48) / 0.485));
            float inside = 1 - smoothstep(0.86, 1.0, d);
            float alike = 1 - smoothstep(0.18, 0.51, abs(here.r - rim.r) + abs(here.g - rim.g) + abs(here.b - rim.b));
            float outer = at.y < 0.7 ? smoothstep(0.6, 0.84, d) : 0;
            return half4(0, 0, 0, 1) * inside * (1 - outer * alike);
        }
        """;

    static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear, SKMipmapMode.Nearest);

    // Shoulders and trunk, relative to the portrait's centre, in units of its side.
    static readonly SKRect Trunk = new(-0.9f, 0.2f, 0.9f, 3.4f);
    readonly SKImage _sharp;
    readonly SKImage _soft;
    readonly SKImage _body;
    readonly bool _child;
    readonly int _number;

    /// <summary>Cuts out a portrait.</summary>
    /// <param name="person">The member of the cast.</param>
    /// <param name="portrait">A square picture with a centred face.</param>
    public CabinRider(CabinPerson person, SKBitmap portrait)
    {
        _child = person.Segment == Segment.Kids;
        _number = person.Portrait;
        var side = SKRect.Create(portrait.Width, portrait.Height);
        _sharp = Stage.Picture(side, canvas => CutOut(canvas, portrait));
        using var blur = new SKPaint { ImageFilter = SKImageFilter.CreateBlur(1, 1) };
        _soft = Stage.Picture(side, canvas => canvas.DrawImage(_sharp, 0, 0, SKSamplingOptions.Default, blur));
        var colours = _child ? Child : Adult;
        var cloth = colours[person.Portrait % colours.Length];
        const float Fine = 160;
        _body = Stage.Picture(SKRect.Create(Trunk.Width * Fine, Trunk.Height * Fine), canvas =>
        {
            canvas.Scale(Fine);
            canvas.Translate(-Trunk.Left, -Trunk.Top);
            Dress(canvas, cloth, Skin(portrait), _child ? 0.82f : 1);
        });
    }

    /// <summary>Draws the rider.</summary>
    /// <param name="canvas">The frame.</param>
    /// <param name="ride">The ride in progress: place and size.</param>
    /// <param name="near">0 at the door, 1 at the rider's place.</param>
    /// <param name="seed">Seed of the small motions.</param>
    /// <param name="frame">Index of the frame.</param>
    public void Draw(SKCanvas canvas, CabinRide ride, double near, int seed, int frame)
    {
        // Three slow swings and some jitter, different for each ride.
        var own = seed * 31 + _number * 17 + (int)(ride.Enters * 10);
        var turn = Noise(own, 1, 0) * 6.28;
        var sway = Math.Sin(frame * 0.31 + turn);
        var nod = Math.Sin(frame * 0.23 + turn * 2.3);
        var jitter = Noise(own, 2, frame) - 0.5;

        var standing = ride.Size * (1 + 0.018 * Math.Sin(frame * 0.17 + turn * 1.7));
        var size = standing * (0.62 + 0.38 * near);
        var placeX = 92 + 152 * ride.Place;
        var standY = (_child ? 292 : 214) + (ride.Size - 140) * 0.3;
        var x = 320 + (placeX - 320) * near + 4.5 * sway * near + jitter;
        var y = (_child ? 262 : 208) * (1 - near) + standY * near + 2.5 * nod + (near < 1 ? 3 * Math.Abs(Math.Sin(frame * 1.9)) : 0);
        var light = (byte)(245 * (0.90 + 0.10 * near) * (1 + 0.03 * Math.Sin(frame * 0.11 + turn) + 0.02 * jitter));
        var soft = near < 1 || Noise(own, 3, frame / 3) > 0.7;
        var mirror = Noise(own, 4, 0) > 0.5;

        using var lit = SKColorFilter.CreateLighting(new SKColor(light, light, light), SKColors.Black);
        using var paint = new SKPaint { ColorFilter = lit };
        canvas.Save();
        canvas.Translate((float)x, (float)y);
        canvas.Scale((float)size);
        canvas.DrawImage(_body, Trunk, Sampling, paint);
        canvas.RotateDegrees((float)(1.6 * nod));
        if (mirror) canvas.Scale(-1, 1);
        canvas.DrawImage(soft ? _soft : _sharp, new SKRect(-0.5f, -0.5f, 0.5f, 0.5f), Sampling, paint);
        canvas.Restore();
    }

    static void CutOut(SKCanvas canvas, SKBitmap portrait)
    {
        canvas.DrawBitmap(portrait, 0, 0, SKSamplingOptions.Default);
        using var effect = SKRuntimeEffect.CreateShader(Matte, out var problem) ?? throw new InvalidOperationException(problem);
        using var colours = portrait.ToShader(SKShaderTileMode.Clamp, SKShaderTileMode.Clamp);
        using var shader = effect.ToShader(
            new SKRuntimeEffectUniforms(effect) { ["side"] = (float)portrait.Width },
            new SKRuntimeEffectChildren(effect) { ["portrait"] = colours });
        // The per-pixel matte is ragged; blurring it over a few pixels gives a soft edge.
        using var whole = new SKPaint { BlendMode = SKBlendMode.DstIn, ImageFilter = SKImageFilter.CreateBlur(2, 2) };
        using var matte = new SKPaint { Shader = shader };
        canvas.SaveLayer(whole);
        canvas.DrawRect(0, 0, portrait.Width, portrait.Height, matte);
        canvas.Restore();
    }

    /// <summary>Mean colour of the cheeks and the nose.</summary>
    static SKColor Skin(SKBitmap portrait)
    {
        using var one = portrait.Resize(new SKSizeI(16, 16), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        var (a, b, c) = (one.GetPixel(6, 9), one.GetPixel(7, 9), one.GetPixel(9, 9));
        return new SKColor(Mean(a.Red, b.Red, c.Red), Mean(a.Green, b.Green, c.Green), Mean(a.Blue, b.Blue, c.Blue));

        static byte Mean(byte x, byte y, byte z) => (byte)((x + y + z) / 3);
    }

    static void Dress(SKCanvas canvas, string cloth, SKColor skin, float wide)
    {
        canvas.Scale(wide, 1);
        skin.ToHsl(out var hue, out var saturation, out var lightness);
        using var neck = new SKPaint { IsAntialias = true, Color = SKColor.FromHsl(hue, saturation * 0.75f, lightness * 0.88f) };
        canvas.Path("M-0.17,0.2 L0.17,0.2 L0.19,0.46 L0,0.84 L-0.19,0.46 Z", neck);
        using var outline = SKPath.ParseSvgPathData(
            "M-0.19,0.42 C-0.3,0.5 -0.52,0.53 -0.64,0.62 C-0.76,0.72 -0.8,0.95 -0.82,1.3 L-0.86,3.4 L0.86,3.4 L0.82,1.3 C0.8,0.95 0.76,0.72 0.64,0.62 C0.52,0.53 0.3,0.5 0.19,0.42 L0,0.8 Z");
        canvas.DrawPath(outline, Ink.Fill(cloth));
        // Lit from above and the middle; a fold marks the arms.
        canvas.DrawPath(
            outline, Ink.Linear(
                -0.85f, 0, 0.85f, 0, (0, "#66000000"), (0.3f, "#14000000"), (0.5f, "#1effffff"), (0.7f, "#14000000"), (1, "#66000000")));
        canvas.DrawPath(outline, Ink.Linear(0, 0.42f, 0, 2.6f, (0, "#1effffff"), (0.3f, "#00000000"), (1, "#4d000000")));
        foreach (var side in new[] { -1, 1 })
        {
            canvas.Save();
            canvas.Scale(side, 1);
            canvas.Path("M0.56,0.98 C0.53,1.3 0.55,1.8 0.6,2.6", Ink.Line("#4d000000", 0.02f).Soft(0.01f));
            canvas.Path("M0.19,0.42 L0,0.8 L0.05,0.9 L0.27,0.52 Z", Ink.Fill("#33ffffff"));
            canvas.Restore();
        }
        canvas.DrawLine(0, 0.84f, 0, 3.4f, Ink.Line("#40000000", 0.012f));
    }

    /// <summary>Deterministic pseudo-random number from its arguments, in [0, 1).</summary>
    static double Noise(int seed, int a, int b)
    {
        var h = unchecked((uint)seed * 0x9E3779B1u ^ (uint)a * 0x85EBCA77u ^ (uint)b * 0xC2B2AE3Du);
        h = unchecked((h ^ (h >> 15)) * 0x2C1B3C6Du);
        h = unchecked((h ^ (h >> 12)) * 0x297A2D39u);
        return (h ^ (h >> 15)) / 4294967296.0;
    }
}
