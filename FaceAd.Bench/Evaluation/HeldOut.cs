using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FaceAd.Bench.Evaluation;

/// <summary>Part of a labelled set.</summary>
enum Part
{
    /// <summary>Every picture.</summary>
    All,

    /// <summary>The fifth that training never sees.</summary>
    HeldOut,

    /// <summary>The rest.</summary>
    Training,
}

/// <summary>
/// The split between training and evaluation, by file name alone: it needs no list, and does not change when pictures are added or
/// folders are moved.
/// </summary>
static class HeldOut
{
    /// <summary>
    /// Whether a picture is held out from training: the first four bytes of the SHA-256 of its name (UTF-8, without folder), read
    /// as a big-endian number, are divisible by 5.
    /// </summary>
    /// <param name="fileName">Name of the file; a folder in front of it is ignored.</param>
    public static bool Contains(string fileName) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(fileName)))) % 5 == 0;

    /// <summary>Whether a picture belongs to a part.</summary>
    public static bool IsIn(Part part, string fileName) => part switch
    {
        Part.HeldOut => Contains(fileName),
        Part.Training => !Contains(fileName),
        _ => true,
    };
}
