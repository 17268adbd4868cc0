using Trpo.Estimators.Networks;
using Trpo.Runtime.Spaces;
using static TorchSharp.torch;

namespace Trpo.Benchmarks;

/// <summary>
/// A textbook update in TorchSharp: automatic differentiation, with a forward and two backward passes for every Fisher-vector product, and a value function that Adam
/// fits in mini-batches.
/// </summary>
internal sealed class PlainUpdate : IDisposable
{
    private const double Damping = 0.1;
    private const double MaxKl = 0.01;

    private readonly nn.Module<Tensor, Tensor> _policy;
    private readonly nn.Module<Tensor, Tensor> _value;
    private readonly TorchSharp.Modules.Parameter? _logDeviation;
    private readonly List<Tensor> _parameters;
    private readonly optim.Optimizer _adam;
    private readonly Tensor _observations;
    private readonly Tensor _actions;
    private readonly Tensor _advantages;
    private readonly Tensor _targets;
    private readonly bool _discrete;

    public PlainUpdate(Workload workload)
    {
        _discrete = workload.Space is DiscreteActionSpace;
        _policy = new Perceptron(workload.CreatePerceptron());
        _value = new Perceptron(workload.Inputs, workload.HiddenLayers, 1, Activation.Tanh, 1, new Trpo.Runtime.Randomness.RandomSource(2));
        _parameters = [.. _policy.parameters()];
        if (!_discrete)
        {
            _logDeviation = new TorchSharp.Modules.Parameter(full(workload.Space.Length, -0.5f), requires_grad: true);
            _parameters.Add(_logDeviation);
        }

        _adam = optim.Adam(_value.parameters(), 1e-3);
        _observations = tensor(workload.Observations).view(workload.Rows, workload.Inputs);
        _actions = _discrete ? tensor(workload.Actions).to(ScalarType.Int64).view(workload.Rows, 1) : tensor(workload.Actions).to(ScalarType.Float32).view(workload.Rows, -1);
        _advantages = tensor(workload.Advantages).to(ScalarType.Float32);
        _targets = tensor(workload.Targets).to(ScalarType.Float32);
    }

    /// <summary>Steps the policy and fits the value function.</summary>
    public void Run(int conjugateGradientSteps, double tolerance)
    {
        UpdatePolicy(conjugateGradientSteps, tolerance);
        FitValue();
    }

    /// <summary>Computes the gradient, the conjugate gradients and the line search.</summary>
    public void UpdatePolicy(int conjugateGradientSteps, double tolerance)
    {
        using var scope = NewDisposeScope();
        Tensor oldLogits, oldLogProbability;
        using (no_grad())
        {
            oldLogits = _policy.forward(_observations);
            oldLogProbability = LogProbability(oldLogits);
        }

        var oldDeviation = _logDeviation?.detach().clone();
        Tensor Surrogate() => ((LogProbability(_policy.forward(_observations)) - oldLogProbability).exp() * _advantages).mean();
        var surrogate = Surrogate();
        var gradient = Flat(autograd.grad([surrogate], _parameters));
        var direction = Solve(gradient, conjugateGradientSteps, tolerance);
        var step = direction * Math.Sqrt(2 * MaxKl / direction.dot(FisherProduct(direction)).item<float>());
        Search(step, gradient.dot(step).item<float>(), surrogate.item<float>(), Surrogate, () => MeanKl(oldLogits, oldDeviation));
    }

    /// <summary>Computes <c>Hv = grad((grad KL) . v)</c>, with a new graph for every product.</summary>
    public Tensor FisherProduct(Tensor vector)
    {
        using var scope = NewDisposeScope();
        var logits = _policy.forward(_observations);
        var kl = MeanKl(logits.detach(), _logDeviation?.detach(), logits);
        var gradient = Flat(autograd.grad([kl], _parameters, create_graph: true, retain_graph: true));
        var product = Flat(autograd.grad([(gradient * vector).sum()], _parameters, retain_graph: true));
        return (product + (Damping * vector)).MoveToOuterDisposeScope();
    }

    /// <summary>Creates a vector of ones, of the parameters' length.</summary>
    public Tensor Ones() => ones(_parameters.Sum(parameter => parameter.numel()));

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_observations, _actions, _advantages, _targets])
            tensor.Dispose();
        _adam.Dispose();
        _policy.Dispose();
        _value.Dispose();
        _logDeviation?.Dispose();
    }

    private Tensor Solve(Tensor gradient, int steps, double tolerance)
    {
        var solution = zeros_like(gradient);
        var residual = gradient.clone();
        var direction = gradient.clone();
        var squared = residual.dot(residual);
        var goal = tolerance * squared.item<float>();
        for (var i = 0; i < steps && squared.item<float>() > goal; i++)
        {
            var product = FisherProduct(direction);
            var alpha = squared / direction.dot(product);
            solution += alpha * direction;
            residual -= alpha * product;
            var next = residual.dot(residual);
            direction = residual + (next / squared * direction);
            squared = next;
        }

        return solution;
    }

    private void Search(Tensor step, double expected, double surrogate, Func<Tensor> evaluate, Func<Tensor> divergence)
    {
        using var withoutGradients = no_grad();
        Tensor[] old = [.. _parameters.Select(parameter => parameter.detach().clone())];
        var fraction = 1.0;
        for (var trial = 0; trial < 10; trial++, fraction /= 2)
        {
            var start = 0L;
            for (var i = 0; i < old.Length; i++)
            {
                _parameters[i].copy_(old[i] + (fraction * step.narrow(0, start, old[i].numel()).view(old[i].shape)));
                start += old[i].numel();
            }

            if ((evaluate().item<float>() - surrogate) / (fraction * expected) > 0.1 && divergence().item<float>() <= MaxKl)
                break;
        }

        // Every run starts with the same parameters and does the same work.
        for (var i = 0; i < old.Length; i++)
            _parameters[i].copy_(old[i]);
    }

    private void FitValue()
    {
        var rows = _targets.shape[0];
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var order = randperm(rows);
            for (var start = 0L; start < rows; start += 64)
            {
                using var scope = NewDisposeScope();
                var batch = order.narrow(0, start, Math.Min(64, rows - start));
                var loss = nn.functional.mse_loss(_value.forward(_observations.index_select(0, batch)).squeeze(1), _targets.index_select(0, batch));
                _adam.zero_grad();
                loss.backward();
                _adam.step();
            }
        }
    }

    private Tensor LogProbability(Tensor outputs)
    {
        if (_discrete)
            return outputs.log_softmax(1).gather(1, _actions).squeeze(1);
        var standardized = (_actions - outputs) / _logDeviation!.exp();
        return ((standardized * standardized * -0.5) - _logDeviation - (Math.Log(2 * Math.PI) / 2)).sum(1L);
    }

    private Tensor MeanKl(Tensor oldOutputs, Tensor? oldDeviation, Tensor? outputs = null)
    {
        outputs ??= _policy.forward(_observations);
        if (_discrete)
        {
            var old = oldOutputs.log_softmax(1);
            return (old.exp() * (old - outputs.log_softmax(1))).sum(1L).mean();
        }

        var (oldVariance, variance) = ((2 * oldDeviation!).exp(), (2 * _logDeviation!).exp());
        return (_logDeviation! - oldDeviation! + ((oldVariance + (oldOutputs - outputs).pow(2)) / (2 * variance)) - 0.5).sum(1L).mean();
    }

    private static Tensor Flat(IList<Tensor> gradients) => cat([.. gradients.Select(gradient => gradient.reshape(-1))]);
}
