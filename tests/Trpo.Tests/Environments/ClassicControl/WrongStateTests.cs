using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Tests.Environments.ClassicControl;

/// <summary>States of simulators that no episode reaches.</summary>
public sealed class WrongStateTests
{
    private static readonly Func<IEnvironment>[] Environments =
        [() => new Acrobot(), () => new CartPole(), () => new MountainCar(), () => new MountainCarContinuous(), () => new Pendulum()];

    // Acrobot never ended the step after it: its angle stays above pi, however often 2 pi are subtracted.
    [TestCaseSource(nameof(Environments))]
    public void A_huge_number_is_refused(Func<IEnvironment> environment)
    {
        var state = StateOf(environment());
        BitConverter.GetBytes(1e300).CopyTo(state, state.Length - sizeof(double));

        Assert.That(() => Restore(environment(), state), Throws.TypeOf<InvalidDataException>().With.Message.Contains("1E+300"));
    }

    [TestCaseSource(nameof(Environments))]
    public void A_step_beyond_the_limit_is_refused(Func<IEnvironment> environment)
    {
        const int Generator = 40;
        var state = StateOf(environment());
        BitConverter.GetBytes(int.MaxValue).CopyTo(state, Generator);

        Assert.That(() => Restore(environment(), state), Throws.TypeOf<InvalidDataException>().With.Message.Contains("2147483647"));
    }

    [TestCaseSource(nameof(Environments))]
    public void A_normal_number_that_is_never_drawn_is_refused(Func<IEnvironment> environment)
    {
        const int Spare = 32;
        var state = StateOf(environment());
        BitConverter.GetBytes(-1e300).CopyTo(state, Spare);

        Assert.That(() => Restore(environment(), state), Throws.TypeOf<InvalidDataException>().With.Message.Contains("-1E+300"));
    }

    private static byte[] StateOf(IEnvironment environment)
    {
        environment.Reset(seed: 1, new float[environment.ObservationSpace.Length]);
        using var stream = new MemoryStream();
        ((ICheckpointable)environment).SaveState(new BinaryWriter(stream));
        return stream.ToArray();
    }

    private static void Restore(IEnvironment environment, byte[] state) => ((ICheckpointable)environment).RestoreState(new BinaryReader(new MemoryStream(state)));
}
