using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Trpo.Tests.Pipelines;

/// <summary>A custom mapping with a contract name: it adds the energy of a pole to its observation, and a missing value where the pole falls to the left.</summary>
/// <param name="called">Called for each row.</param>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class PoleEnergy(Action? called) : CustomMappingFactory<PoleEnergy.Source, PoleEnergy.Destination>
{
    public const string Contract = "Trpo.Tests.PoleEnergy";

    // ML.NET creates factories without arguments.
    public PoleEnergy()
        : this(null)
    {
    }

    public override Action<Source, Destination> GetMapping() => called is null ? Map : (source, destination) =>
    {
        called();
        Map(source, destination);
    };

    public static void Map(Source source, Destination destination) =>
        destination.Energy = [(source.Observation[1] * source.Observation[1]) + (source.Observation[3] * source.Observation[3]), source.Observation[3] < 0 ? float.NaN : 1];

    internal sealed class Source
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    internal sealed class Destination
    {
        [VectorType(2)]
        public float[] Energy { get; set; } = [];
    }
}
