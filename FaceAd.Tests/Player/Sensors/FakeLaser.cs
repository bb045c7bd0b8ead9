using System.Device.I2c;

namespace FaceAd.Tests.Player.Sensors;

/// <summary>A VL53L0X on a bus, as far as its registers are asked for.</summary>
internal sealed class FakeLaser : I2cDevice
{
    const byte Start = 0, InterruptStatus = 19, Range = 30, Strobe = 131;
    readonly byte[] _registers = new byte[256];
    int _register;

    /// <summary>The distance that it measures.</summary>
    public ushort Millimetres { get; set; }

    /// <summary>Whether the bus answers nothing.</summary>
    public bool IsBroken { get; set; }

    public override I2cConnectionSettings ConnectionSettings => new(1, 0x29);

    public override byte ReadByte()
    {
        Span<byte> one = [0];
        Read(one);
        return one[0];
    }

    public override void WriteByte(byte value) => Write([value]);

    public override void Read(Span<byte> buffer)
    {
        if (IsBroken) throw new IOException("Error 121 performing I2C data transfer.");
        // A measurement is done as soon as it is asked for.
        (_registers[Start], _registers[InterruptStatus], _registers[Strobe]) = (0, 7, 1);
        (_registers[Range], _registers[Range + 1]) = ((byte)(Millimetres >> 8), (byte)Millimetres);
        for (var i = 0; i < buffer.Length; i++) buffer[i] = _registers[(_register + i) % 256];
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsBroken) throw new IOException("Error 121 performing I2C data transfer.");
        _register = buffer[0];
        for (var i = 1; i < buffer.Length; i++) _registers[(_register + i - 1) % 256] = buffer[i];
    }

    public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
    {
        Write(writeBuffer);
        Read(readBuffer);
    }
}
