using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Onnx;

public sealed class PolicySessionTests
{
    [Test]
    public void Anyone_can_read_the_policy_with_nothing_but_OnnxRuntime()
    {
        using var session = new InferenceSession(Support.Policies.Onnx(Support.Policies.Choices));
        using var input = OrtValue.CreateTensorValueFromMemory(new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }, [2, 4]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["observation"], [input], ["action", "score", "logits"]);

        Assert.Multiple(() =>
        {
            Assert.That(session.InputMetadata["observation"].SymbolicDimensions, Is.EqualTo(new[] { "N", "" }));
            Assert.That(outputs[0].GetTensorTypeAndShape().Shape, Is.EqualTo(new long[] { 2 }));
            Assert.That(outputs[0].GetTensorDataAsSpan<long>().ToArray(), Is.All.InRange(0, 2));
            Assert.That(outputs[1].GetTensorDataAsSpan<float>().ToArray().Sum(), Is.EqualTo(2).Within(1e-5));
            Assert.That(session.ModelMetadata.ProducerName, Is.EqualTo("Trpo.MLNet"));
            Assert.That(session.ModelMetadata.CustomMetadataMap["trpo.provenance.trainer"], Is.EqualTo("test"));
        });
    }

    [Test]
    public void The_model_has_opset_12_and_documents_its_values()
    {
        var model = ModelProto.Parser.ParseFrom(Support.Policies.Onnx(Support.Policies.Vectors));

        Assert.Multiple(() =>
        {
            Assert.That(model.OpsetImport.Single().Version, Is.EqualTo(12));
            Assert.That(model.IrVersion, Is.EqualTo(7));
            Assert.That(model.Graph.Input.Concat(model.Graph.Output).Select(value => value.DocString), Is.All.Not.Empty);
            Assert.That(model.Graph.Output.Select(value => value.Name), Is.EqualTo(new[] { "action", "score", "log_standard_deviation" }));
        });
    }

    [Test]
    public void Continuous_policies_export_their_standard_deviation_for_every_row()
    {
        using var session = new InferenceSession(Support.Policies.Onnx(Support.Policies.Vectors));
        using var input = OrtValue.CreateTensorValueFromMemory(new float[12], [3, 4]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["observation"], [input], ["log_standard_deviation"]);

        Assert.That(outputs[0].GetTensorTypeAndShape().Shape, Is.EqualTo(new long[] { 3, 2 }));
        Assert.That(outputs[0].GetTensorDataAsSpan<float>().ToArray(), Is.All.EqualTo(-0.5f));
    }

    [Test]
    public void The_metadata_is_read_back_unchanged()
    {
        var observations = ObservationSpace.Box([-1, float.NegativeInfinity], [1, float.PositiveInfinity], "position", "speed");
        var metadata = new PolicyMetadata(observations, Support.Policies.Vectors, [new("environment", "Cart \"7\" → ü"), new("seed", "3")]);
        using var policy = Support.Policies.Create(Support.Policies.Vectors, observationLength: 2);
        using var session = PolicySession.Open(policy.Export(metadata));
        var box = (BoxActionSpace)session.Metadata.Actions;

        Assert.Multiple(() =>
        {
            Assert.That(session.Metadata.Observations.Low, Is.EqualTo(observations.Low));
            Assert.That(session.Metadata.Observations.High, Is.EqualTo(observations.High));
            Assert.That(session.Metadata.Observations.Names, Is.EqualTo(observations.Names));
            Assert.That(box.Low, Is.EqualTo(new[] { -0.25f, float.NegativeInfinity }));
            Assert.That(box.High, Is.EqualTo(new[] { 0.25f, float.PositiveInfinity }));
            Assert.That(box.Names, Is.EqualTo(new[] { "force", "angle" }));
            Assert.That(session.Metadata.Provenance, Is.EqualTo(metadata.Provenance));
        });
    }

    [Test]
    public void Batches_of_every_size_score_every_row_alike()
    {
        var observations = Support.Policies.Observations(37);
        using var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
        using var one = session.CreateBatch(1);
        using var many = session.CreateBatch(64);
        foreach (var size in new[] { 37, 5, 37, 0, 1 })
        {
            for (var row = 0; row < size; row++)
                observations[row].CopyTo(many.Observation(row));
            many.Run(size);
            for (var row = 0; row < size; row++)
            {
                observations[row].CopyTo(one.Observation(0));
                one.Run(1);
                Assert.That(many.Choice(row), Is.EqualTo(one.Choice(0)));
                Assert.That(many.Score(row).ToArray(), Is.EqualTo(one.Score(0).ToArray()).Within(1e-6f));
            }
        }

        Assert.That(() => many.Score(1), Throws.InstanceOf<ArgumentOutOfRangeException>(), "only the rows of the last run can be read");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_NaN_in_any_row_gives_that_row_a_missing_action(bool discrete)
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(discrete ? Support.Policies.Choices : Support.Policies.Vectors));
        using var batch = session.CreateBatch(3);
        for (var bad = 0; bad < 3; bad++)
        {
            for (var row = 0; row < 3; row++)
                batch.Observation(row).Fill(0.5f);
            batch.Observation(bad)[2] = float.NaN;
            batch.Run(3);
            for (var row = 0; row < 3; row++)
            {
                Assert.That(batch.Score(row).ToArray(), row == bad ? Is.All.NaN : Is.All.Not.NaN);
                if (discrete)
                    Assert.That(batch.Choice(row), row == bad ? Is.EqualTo(-1) : Is.InRange(0, 2));
                else
                    Assert.That(batch.Action(row).ToArray(), row == bad ? Is.All.NaN : Is.All.Not.NaN);
            }
        }
    }

    [Test]
    public void Reading_the_other_kind_of_action_says_what_to_read()
    {
        using var discrete = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
        using var batch = discrete.CreateBatch(1);
        batch.Run(1);

        Assert.That(() => batch.Action(0), Throws.InvalidOperationException.With.Message.Contains("Choice"));
    }

    [Test]
    public void Only_rows_that_were_run_can_be_read()
    {
        var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
        using var batch = session.CreateBatch(2);
        Assert.That(() => batch.Choice(0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("0 rows").And.Message.Contains("call Run"));
        batch.Run(1);
        Assert.That(() => batch.Choice(1), Throws.TypeOf<ArgumentOutOfRangeException>());
        session.Dispose();
        Assert.That(() => batch.Run(2), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => batch.Score(0), Throws.TypeOf<ArgumentOutOfRangeException>(), "a run that failed has no rows");
    }

    [Test]
    public void A_model_file_is_told_from_a_policy()
    {
        Assert.That(() => PolicySession.Open("PK\u0003\u0004"u8.ToArray()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("PolicyModel.Load"));
        Assert.That(() => PolicyModel.Load(new(), new MemoryStream(Support.Policies.Onnx(Support.Policies.Choices)), out _), Throws.TypeOf<InvalidDataException>().With.Message.Contains("PolicySession.Open"));
    }

    [Test]
    public void Running_allocates_nothing()
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
        using var batch = session.CreateBatch(4);
        batch.Run(4);
        batch.Run(4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            batch.Run(4);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_disposed_session_throws_instead_of_ending_the_process()
    {
        var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
        using var bound = session.CreateBatch(1);
        using var unbound = session.CreateBatch(1);
        var disposed = session.CreateBatch(1);
        bound.Run(1);
        disposed.Dispose();
        Assert.That(() => disposed.Run(1), Throws.TypeOf<ObjectDisposedException>());
        session.Dispose();
        session.Dispose();

        Assert.That(() => bound.Run(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => unbound.Run(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => session.CreateBatch(1), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Disposing_while_other_threads_run_lets_them_finish()
    {
        for (var round = 0; round < 20; round++)
        {
            var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
            using var started = new CountdownEvent(2);
            var runners = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                using var batch = session.CreateBatch(8);
                batch.Run(8);
                started.Signal();
                Assert.That(
                    () =>
                    {
                        while (true)
                            batch.Run(8);
                    },
                    Throws.TypeOf<ObjectDisposedException>());
            })).ToArray();
            started.Wait();
            session.Dispose();
            Task.WaitAll(runners);
        }
    }

    [Test]
    public void One_session_serves_many_threads()
    {
        var observations = Support.Policies.Observations(500);
        using var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Vectors));
        float[][] Score()
        {
            using var batch = session.CreateBatch(1);
            return [.. observations.Select(observation =>
            {
                observation.CopyTo(batch.Observation(0));
                batch.Run(1);
                return batch.Action(0).ToArray();
            })];
        }

        var expected = Score();
        Assert.That(Enumerable.Range(0, 8).AsParallel().Select(_ => Score()).ToList(), Is.All.EqualTo(expected));
    }

    [Test]
    public void A_damaged_model_is_refused_wherever_it_is_damaged()
    {
        var model = Support.Policies.Onnx(Support.Policies.Choices);
        var random = new Trpo.Runtime.Randomness.RandomSource(1);
        for (var round = 0; round < 400; round++)
        {
            byte[] damaged = [.. model];
            damaged[random.NextInt(model.Length)] ^= (byte)(1 << random.NextInt(8));
            Assert.That(() => PolicySession.Open(damaged), Throws.TypeOf<InvalidDataException>().With.Message.Contains("Could not open a policy"));
        }
    }

    [Test]
    public void Damage_to_the_digest_itself_is_detected()
    {
        // The entry of the digest comes last: a key of 11 characters, 64 digits and six bytes around them.
        var model = Support.Policies.Onnx(Support.Policies.Choices);
        for (var bit = 0; bit < 8 * (11 + 64 + 6); bit++)
        {
            byte[] damaged = [.. model];
            damaged[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            Assert.That(() => PolicySession.Open(damaged), Throws.TypeOf<InvalidDataException>(), $"bit {bit}");
        }
    }

    [Test]
    public void A_truncated_model_is_refused()
    {
        var model = Support.Policies.Onnx(Support.Policies.Choices);
        for (var length = 0; length < model.Length; length += 37)
            Assert.That(() => PolicySession.Open(model[..length]), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void A_model_that_is_not_a_policy_is_refused_with_the_missing_part()
    {
        var model = ModelProto.Parser.ParseFrom(Support.Policies.Onnx(Support.Policies.Choices));
        model.MetadataProps.Clear();

        Assert.That(() => PolicySession.Open(Google.Protobuf.MessageExtensions.ToByteArray(model)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("trpo.version"));
    }

    [Test]
    public void A_graph_of_other_shapes_than_its_metadata_say_is_refused()
    {
        using var policy = Support.Policies.Create(Support.Policies.Choices);
        var wrongActions = policy.Export(Support.Policies.Metadata(ActionSpace.Discrete(2)));
        var wrongObservations = policy.Export(Support.Policies.Metadata(Support.Policies.Choices, observationLength: 5));

        Assert.That(() => PolicySession.Open(wrongActions), Throws.TypeOf<InvalidDataException>().With.Message.Contains("score"));
        Assert.That(() => PolicySession.Open(wrongObservations), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void A_missing_file_throws_FileNotFoundException() =>
        Assert.That(() => PolicySession.Open(Path.Combine(Path.GetTempPath(), "no-such-policy.onnx")), Throws.InstanceOf<FileNotFoundException>());
}
