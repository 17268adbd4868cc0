using Trpo.Estimators.Kernels;
using Trpo.Estimators.NativeLibraries;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.NativeLibraries;

/// <summary>The loading of libtorch, and the checks and changes of its files.</summary>
public sealed class TorchRuntimeTests
{
    [Test]
    public void Torch_works_after_EnsureLoaded()
    {
        TorchRuntime.EnsureLoaded();
        using var ones = torch_ones();

        Assert.That(ones.sum().item<float>(), Is.EqualTo(3));

        static Tensor torch_ones() => TorchSharp.torch.ones(3);
    }

    [Test]
    public void Without_libtorch_managed_code_trains_and_other_engines_say_which_package_is_missing()
    {
        var (exitCode, output, error) = Child.Run("Trpo.WithoutLibtorch");

        Assert.That(exitCode, Is.Zero, error + output);
        if (PerceptronKernel.VectorLength > 0)
            Assert.That(output, Does.StartWith("Trained for 2048 steps."));
        Assert.That(output, Does.Contain("TorchSharp-cpu").And.Contain("libtorch"));
    }

    [Test]
    public void Training_with_the_defaults_loads_neither_libtorch_nor_OnnxRuntime_and_TorchSharp_works_afterwards()
    {
        TestNetworks.Require(vectorLength: 4);
        var (exitCode, output, error) = Child.Run("Trpo.LongRuns", "start");

        Assert.That(exitCode, Is.Zero, error + output);
        var lines = output.Split(Environment.NewLine);
        Assert.That(lines.Where(line => line.StartsWith("native ", StringComparison.Ordinal)), Has.Some.Contains("coreclr").And.None.Contains("torch").IgnoreCase.And.None.Contains("onnxruntime").IgnoreCase.And.None.Contains("gomp"));
        Assert.That(lines.Where(line => line.StartsWith("managed ", StringComparison.Ordinal)), Has.Member("managed Trpo.Estimators").And.No.Member("managed Microsoft.ML.OnnxRuntime"));
        Assert.That(lines, Has.Member("sum 3"));
    }

    [Test]
    [Platform("Linux")]
    public void The_binding_of_the_package_has_the_requirement_and_only_its_flag_is_changed()
    {
        var original = File.ReadAllBytes(NativeSearch.Find("libLibTorchSharp.so")!);
        byte[] relaxed = [.. original];

        Assert.That(ElfVersionRequirement.TryRelax(relaxed), Is.True);
        var changed = Enumerable.Range(0, original.Length).Where(i => original[i] != relaxed[i]).ToList();
        Assert.That(changed, Has.Count.EqualTo(1));
        Assert.That(relaxed[changed[0]], Is.EqualTo(original[changed[0]] | 2));
    }

    [Test]
    public void A_file_that_is_no_ELF_file_is_not_changed()
    {
        byte[] image = [1, 2, 3];

        Assert.That(ElfVersionRequirement.TryRelax(image), Is.False);
        Assert.That(ElfVersionRequirement.TryRelax([]), Is.False);
    }

    [Test]
    [Platform("Linux")]
    public void A_truncated_library_is_detected_before_it_is_mapped()
    {
        var whole = NativeSearch.Find("libLibTorchSharp.so")!;
        var cut = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(cut, File.ReadAllBytes(whole)[..^1000]);

            Assert.That(ElfFile.IsComplete(whole), Is.True);
            Assert.That(ElfFile.IsComplete(NativeSearch.Find("libtorch_cpu.so")!), Is.True);
            Assert.That(ElfFile.IsComplete(cut), Is.False);
        }
        finally
        {
            File.Delete(cut);
        }
    }

    [Test]
    [Platform("Linux")]
    public void A_damaged_ELF_file_neither_throws_nor_hangs()
    {
        var original = File.ReadAllBytes(NativeSearch.Find("libLibTorchSharp.so")!);
        var random = new Trpo.Runtime.Randomness.RandomSource(1);
        for (var round = 0; round < 300; round++)
        {
            var image = original[..(round % 2 == 0 ? original.Length : random.NextInt(original.Length))];

            // The header and the section table, where offsets and counts are.
            for (var change = 0; change < 20; change++)
                image[random.NextInt(2) == 0 ? random.NextInt(Math.Min(64, image.Length)) : image.Length - 1 - random.NextInt(Math.Min(4_096, image.Length))] = (byte)random.NextInt(256);
            Assert.That(() => ElfVersionRequirement.TryRelax(image), Throws.Nothing);
        }
    }

    [Test]
    [Platform("Linux")]
    public void Without_a_folder_for_temporary_files_the_rest_of_the_library_works()
    {
        var (exitCode, output, error) = Child.Run("Trpo.WithoutLibtorch", new Dictionary<string, string> { ["TMPDIR"] = "/nonexistent" });

        Assert.That(exitCode, Is.Zero, error + output);
    }

    [Test]
    public void Training_leaves_the_settings_of_libtorch_as_they_were()
    {
        var (threads, type, gradients) = (get_num_threads(), get_default_dtype(), is_grad_enabled());
        manual_seed(7);
        var expected = rand(1).item<float>();
        manual_seed(7);
        Training.TrpoEstimatorTests.TrainShortly(seed: 1);

        Assert.That(rand(1).item<float>(), Is.EqualTo(expected), "the generator");
        Assert.That((get_num_threads(), get_default_dtype(), is_grad_enabled()), Is.EqualTo((threads, type, gradients)));
    }
}
