using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Support;

/// <summary>A raw row with columns of many types, as an application has them.</summary>
public sealed class ChainRow
{
    public static readonly string[] Colors = ["red", "green", "Blue", " red", "grün"];

    public string Color { get; set; } = "";

    [VectorType(2)]
    public string[] Tags { get; set; } = [];

    public float Speed { get; set; }

    public double Weight { get; set; }

    [VectorType(3)]
    public float[] Position { get; set; } = [];

    [VectorType(3)]
    public double[] Forces { get; set; } = [];

    public float Level { get; set; }

    [VectorType(2)]
    public double[] Levels { get; set; } = [];

    public int Gear { get; set; }

    public ulong Serial { get; set; }

    public bool On { get; set; }

    [KeyType(5)]
    public uint Zone { get; set; }

    [VectorType(2), KeyType(4)]
    public uint[] Zones { get; set; } = [];

    /// <summary>Rows for transforms to be fitted on.</summary>
    public static List<ChainRow> Training(int rows = 200)
    {
        var random = new RandomSource(5);
        int Below(int count) => (int)(random.NextDouble() * count);
        float Coarse() => MathF.Round(10 * (float)random.NextGaussian()) / 4;
        return [.. Enumerable.Range(0, rows).Select(i => new ChainRow
        {
            Color = Colors[Below(3)],
            Tags = [Colors[Below(4)], Colors[Below(2)]],
            Speed = Coarse() + 20,
            Weight = (Coarse() * 1e-3) + 1e4,
            Position = [Coarse(), 3 + Coarse(), 1],
            Forces = [Coarse(), Coarse() - 40, 1e6 * Coarse()],
            Level = Below(4) / 2f,
            Levels = [Below(3) / 3d, Below(2)],
            Gear = Below(5) - 1,
            Serial = ulong.MaxValue - (ulong)Below(3),
            On = Below(2) == 1,
            Zone = (uint)Below(6),
            Zones = [(uint)Below(5), (uint)Below(5)],
        })];
    }

    /// <summary>Rows to be scored: those of the training, so that all learned boundaries are met, and then some that were never seen.</summary>
    public static List<ChainRow> Scoring(bool withMissing)
    {
        var rows = Training(120);
        foreach (var value in new[] { 0f, -0f, -1, 1, 0.5f, 1e-6f, -1e3f, 1e3f, 19.9f })
            rows.Add(new ChainRow { Color = "violet", Tags = ["red", "violet"], Speed = value, Weight = 1e4 + value, Position = [value, -value, 1 + value], Forces = [value, value - 40, -value], Level = value, Levels = [value, 1 / 3d], Gear = (int)value, Serial = 7, Zone = 0, Zones = [0, 4] });
        if (!withMissing)
            return rows;
        var missing = Training(60);
        for (var i = 0; i < missing.Count; i++)
        {
            var row = missing[i];
            (row.Color, row.Tags[i % 2]) = ("", "");
            (row.Speed, row.Level) = (float.NaN, i % 2 == 0 ? float.NaN : row.Level);
            row.Position[i % 3] = float.NaN;
            row.Forces[i % 3] = double.NaN;
            row.Levels[i % 2] = double.NaN;
            row.Weight = i % 2 == 0 ? double.NaN : row.Weight;
        }

        return [.. rows, .. missing];
    }

    public static IDataView View(MLContext ml, IEnumerable<ChainRow> rows) => ml.Data.LoadFromEnumerable(rows);
}
