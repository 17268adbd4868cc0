using TorchSharp.Modules;
using Trpo.Estimators.Optimization;
using static TorchSharp.torch;

namespace Trpo.Tests.Optimization;

public sealed class FlatParametersTests
{
    [Test]
    public void Lists_the_parameters_and_their_names_in_order()
    {
        using var a = new Parameter(tensor(new float[] { 1, 2, 3, 4 }).view(2, 2), true);
        using var b = new Parameter(tensor(new float[] { 5 }), true);
        var flat = new FlatParameters([("a", a), ("b", b)]);
        var values = new double[5];
        flat.CopyTo(values);

        Assert.That(values, Is.EqualTo(new[] { 1.0, 2, 3, 4, 5 }));
        Assert.That(flat.NameOf(3), Is.EqualTo("a"));
        Assert.That(flat.NameOf(4), Is.EqualTo("b"));
    }

    [Test]
    public void Restores_every_bit_of_float32_values()
    {
        float[] special = [-0f, float.Epsilon, float.MaxValue, float.MinValue, 1.1f, float.NegativeInfinity];
        using var parameter = new Parameter(tensor(special), true);
        var flat = new FlatParameters([("p", parameter)]);
        var bits = parameter.bytes.ToArray();
        var values = new double[special.Length];
        flat.CopyTo(values);
        flat.Assign(new double[special.Length]);
        flat.Assign(values);

        Assert.That(parameter.bytes.ToArray(), Is.EqualTo(bits));
    }

    [Test]
    public void The_gradient_is_zero_for_a_parameter_that_is_not_used()
    {
        using var used = new Parameter(tensor(new double[] { 2 }), true);
        using var unused = new Parameter(tensor(new double[] { 3, 4 }), true);
        var gradient = new double[3];
        new FlatParameters([("unused", unused), ("used", used)]).Gradient((used * used).sum(), gradient);

        Assert.That(gradient, Is.EqualTo(new[] { 0.0, 0, 4 }));
    }

    [Test]
    public void Existing_gradients_of_the_parameters_are_not_changed()
    {
        using var parameter = new Parameter(tensor(new double[] { 2 }), true);
        (parameter * 5).sum().backward();
        var gradient = new double[1];
        new FlatParameters([("p", parameter)]).Gradient((parameter * parameter).sum(), gradient);

        Assert.That(gradient, Is.EqualTo(new[] { 4.0 }));
        Assert.That(parameter.grad!.item<double>(), Is.EqualTo(5));
    }

    [Test]
    public void The_gradient_of_a_tensor_with_more_than_one_element_is_refused()
    {
        using var parameter = new Parameter(tensor(new double[] { 2, 3 }), true);

        Assert.That(() => new FlatParameters([("p", parameter)]).Gradient(parameter * parameter, new double[2]), Throws.ArgumentException);
    }

    [Test]
    public void A_parameter_that_does_not_require_a_gradient_is_named()
    {
        using var frozen = new Parameter(tensor(new float[] { 1 }), requires_grad: false);

        Assert.That(() => new FlatParameters([("frozen", frozen)]), Throws.ArgumentException.With.Message.Contains("'frozen'"));
    }

    [Test]
    public void Parameters_of_two_types_are_refused_by_name()
    {
        using var one = new Parameter(tensor(new float[] { 1 }), true);
        using var other = new Parameter(tensor(new double[] { 1 }), true);

        Assert.That(() => new FlatParameters([("one", one), ("other", other)]), Throws.ArgumentException.With.Message.Contains("'other'"));
    }

    [Test]
    public void A_duplicate_parameter_is_refused_by_name()
    {
        using var one = new Parameter(tensor(new float[] { 1 }), true);

        Assert.That(() => new FlatParameters([("one", one), ("again", one)]), Throws.ArgumentException.With.Message.Contains("'again'"));
    }

    [Test]
    public void A_module_without_parameters_is_refused()
    {
        using var module = nn.Tanh();

        Assert.That(() => new FlatParameters(module), Throws.ArgumentException);
    }
}
