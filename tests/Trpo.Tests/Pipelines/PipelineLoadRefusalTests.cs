using System.Text;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Pipelines;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Pipelines;

/// <summary>Bytes that ask for something that a worker does not accept, or that are not as ML.NET writes them, are refused before ML.NET reads them.</summary>
public sealed class PipelineLoadRefusalTests
{
    private const string PartOfChain = "TransformerChain/Transform_000/Model.key";

    private byte[] _missing = null!;
    private byte[] _mapping = null!;
    private byte[] _categories = null!;

    [OneTimeSetUp]
    public void Save() => (_missing, _mapping, _categories) = (PipelineChains.Save("missing values"), PipelineChains.Save("custom mapping"), PipelineChains.Save("keys of numbers"));

    [Test]
    public void A_loader_that_is_not_allowed() =>
        Assert.That(Refusal(PipelineBytes.Replace(_missing, "NAReplaceTransform", "NAReplaceTransfoXX")),
            Does.Contain("'CartPole'").And.Contain("loader 'NAReplaceTransfoXX' is not allowed on this worker").And.Contain("AllowLoader(\"NAReplaceTransfoXX\")"));

    [TestCase("OnnxTransform")]
    [TestCase("TensorFlowTransform")]
    [TestCase("TextLoader")]
    [TestCase("TrpoPolicy")]
    [TestCase("ValueMappingTransformer")]
    [TestCase("RegressionPredXfer")]
    [TestCase("LoadTransform")]
    [TestCase("nareplacetransform")]
    public void A_loader_that_reads_files_or_runs_models_or_is_written_otherwise(string loader)
    {
        var change = PipelineBytes.Change(_missing, "Transform_001/Model.key", part => WithLoader(part, 0x50, loader));

        Assert.That(Refusal(change), Does.Contain($"loader '{loader}' is not allowed on this worker"));
    }

    [Test]
    public void An_alternative_loader_that_is_not_allowed() =>
        Assert.That(Refusal(PipelineBytes.Change(_missing, "Transform_001/Model.key", part => WithLoader(part, 0x68, "OnnxTransform"))), Does.Contain("loader 'OnnxTransform' is not allowed"));

    [Test]
    public void A_loader_of_another_assembly() =>
        Assert.That(Refusal(PipelineBytes.Replace(_missing, "Microsoft.ML.Transforms", "Microsoft.ML.Transfxxms")),
            Does.Contain("is in 'Microsoft.ML.Transforms, Version").And.Contain("not in 'Microsoft.ML.Transfxxms, Version"));

    [Test]
    public void A_part_without_a_loader_whose_assembly_would_be_loaded() =>
        Assert.That(Refusal(PipelineBytes.Change(_missing, "Transform_001/Model.key", part => PipelineBytes.Part(WithLoader(part, 0x50, ""), assembly: "Trpo.Fuzz"))),
            Does.Contain("assembly 'Trpo.Fuzz' has no loader that is allowed"));

    [Test]
    public void A_custom_mapping_that_is_not_registered() =>
        Assert.That(Refusal(_mapping, new PipelineRegistry()), Does.Contain($"custom mapping '{PoleEnergy.Contract}' is not registered on this worker: AddCustomMapping"));

    [Test]
    public void A_custom_mapping_whose_contract_names_another_assembly() =>
        Assert.That(Refusal(PipelineBytes.Replace(_mapping, "Trpo.Tests, Version", "Trpo.Evil!, Version")),
            Does.Contain($"custom mapping '{PoleEnergy.Contract}' is in 'Trpo.Tests, Version").And.Contain("not in 'Trpo.Evil!, Version"));

    [Test]
    public void A_custom_mapping_inside_another_transform()
    {
        var part = PipelineBytes.Entries(_mapping).Single(entry => entry.Name == PartOfChain).Content;

        Assert.That(Refusal(PipelineBytes.Add(_mapping, "TransformerChain/Transform_001/Inner/Model.key", part)), Does.Contain("stands inside another transform"));
    }

    [Test]
    public void A_part_in_the_format_of_a_single_stream() =>
        Assert.That(Refusal(PipelineBytes.Add(_missing, "TransformerChain/Transform_000/Inner/Model.bin", [1])), Does.Contain("Inner/Model.bin': no transform reads it"));

    [Test]
    public void A_part_inside_a_text_or_behind_another_part([Values("Terms.txt", "Model.key")] string entry)
    {
        var part = PipelineBytes.Entries(_categories).Single(candidate => candidate.Name == PartOfChain).Content;
        var model = PipelineBytes.Change(_categories, "Vocabulary/" + entry, content => entry == "Model.key" ? PipelineBytes.Part(content, model: [.. PartHeader.Read(content).Model.ToArray(), .. part]) : [.. content, .. part]);

        Assert.That(Refusal(model), Does.Contain($"Vocabulary/{entry}': it has a model inside"));
    }

    [TestCase("Model.key")]
    [TestCase("Reader/Model.key")]
    [TestCase("Schema")]
    [TestCase("DataLoaderModel/Model.key")]
    public void An_entry_outside_the_chain(string name) =>
        Assert.That(Refusal(PipelineBytes.Add(_missing, name, PipelineBytes.Entries(_missing).Single(entry => entry.Name == PartOfChain).Content)), Does.Contain($"entry '{name}': no transform reads it"));

    [TestCase("Schema.txt")]
    [TestCase("schema.TXT")]
    [TestCase("TransformerChain\\Model.key")]
    public void An_entry_twice(string name) =>
        Assert.That(Refusal(PipelineBytes.Add(_missing, name, [1])), Does.Contain("occurs twice"));

    [TestCase("../Model.key")]
    [TestCase("/etc/passwd")]
    [TestCase("TransformerChain/../../x")]
    [TestCase("C:/x")]
    public void A_name_that_leads_out_of_the_archive(string name) =>
        Assert.That(Refusal(PipelineBytes.Add(_missing, name, [1])), Does.Contain("leads out of the archive"));

    [Test]
    public void Bytes_that_inflate_beyond_the_limit()
    {
        var bomb = PipelineBytes.Add(_missing, "TransformerChain/Bomb.txt", new byte[PipelineArchive.MaxBytes]);

        Assert.That(bomb, Has.Length.LessThan(1 << 20));
        Assert.That(Refusal(bomb), Does.Contain("more than 64 MiB"));
    }

    [Test]
    public void More_entries_than_a_pipeline_has() =>
        Assert.That(Refusal(PipelineBytes.Zip(Enumerable.Range(0, 1_100).Select(i => ($"TransformerChain/{i}.txt", Array.Empty<byte>())))), Does.Contain("more than 1024 entries"));

    [Test]
    public void A_chain_whose_transform_is_left_out()
    {
        var model = PipelineBytes.Zip(PipelineBytes.Entries(_missing).Where(entry => entry.Name != "TransformerChain/Transform_001/Model.key"));

        Assert.That(Refusal(model), Does.Contain("no transform in 'TransformerChain/Transform_001'"));
    }

    [Test]
    public void A_root_that_is_no_chain_or_one_of_another_length()
    {
        var single = PipelineBytes.Entries(_categories).Single(entry => entry.Name == PartOfChain).Content;

        Assert.That(Refusal(PipelineBytes.Change(_missing, "TransformerChain/Model.key", _ => single)), Does.Contain("is no chain of transforms"));
        Assert.That(Refusal(PipelineBytes.Change(_missing, "TransformerChain/Model.key", part => PipelineBytes.Part(part, model: [.. BitConverter.GetBytes(int.MaxValue), 7, 0, 0, 0]))), Does.Contain("is damaged"));
        Assert.That(Refusal(PipelineBytes.Change(_missing, "TransformerChain/Model.key", part => PipelineBytes.Part(part, model: [1, 0, 0, 0, 1, 0, 0, 0]))), Does.Contain("not always applied"));
    }

    [Test]
    public void Columns_of_another_environment()
    {
        var ml = new MLContext();
        var other = ml.ReinforcementLearning.LoadFromEnvironment(() => new ColumnsEnvironment(ObservationSpace.Unbounded(3), ActionSpace.Discrete("a", "b")), count: 1, rows: 4);

        var refusal = Assert.Throws<InvalidDataException>(() => FittedPipeline.Load(ml, other, PipelineChains.Save("binning"), new PipelineRegistry()))!;
        Assert.That(refusal.Message, Does.Contain("Vector<Single, 4>").And.Contain("Vector<Single, 3>"));
    }

    [Test]
    public void Names_of_slots_that_differ()
    {
        var (ml, worker) = (new MLContext(seed: 1), new MLContext());
        var (here, there) = (Named(ml, "x", "y"), Named(worker, "y", "x"));
        var model = FittedPipeline.Save(ml, here, ml.Transforms.NormalizeMinMax("Features", "Observation").Fit(here).Transform(here));

        Assert.That(FittedPipeline.Load(worker, Named(worker, "x", "y"), model, new PipelineRegistry()), Is.Not.Null);
        var refusal = Assert.Throws<InvalidDataException>(() => FittedPipeline.Load(worker, there, model, new PipelineRegistry()))!;
        Assert.That(refusal.Message, Does.Contain("it was fitted on other columns than those of this worker: 'in   Observation Vector<Single, 2> SlotNames "));

        static EnvironmentDataView Named(MLContext ml, params string[] names) =>
            ml.ReinforcementLearning.LoadFromEnvironment(() => new ColumnsEnvironment(ObservationSpace.OfColumns(ObservationColumn.Vector("Observation", length: 2, low: 0, high: 1, names)), ActionSpace.Discrete("a", "b")), count: 1, rows: 4);
    }

    [Test]
    public void A_description_that_is_longer_or_shorter_than_this_workers([Values("", "in   Observation Vector<Single, 4>\n\nx", "x")] string text) =>
        Assert.That(Refusal(PipelineBytes.Change(_missing, "Schema.txt", _ => Encoding.UTF8.GetBytes(text))), Does.Contain("it was fitted on other columns"));

    [Test]
    public void Bytes_of_something_else([Values("", "PK", "an ONNX policy, or anything")] string start) =>
        Assert.That(Refusal([.. Encoding.ASCII.GetBytes(start), 0]), Does.Contain("zip archive"));

    private static string Refusal(byte[] model, PipelineRegistry? registry = null) => Assert.Throws<InvalidDataException>(() => PipelineChains.Load(model, registry))!.Message;

    private static byte[] WithLoader(byte[] part, int offset, string loader)
    {
        var changed = part.ToArray();
        changed.AsSpan(offset, 24).Clear();
        Encoding.ASCII.GetBytes(loader, changed.AsSpan(offset));
        return changed;
    }
}
