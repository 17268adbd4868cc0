namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// A part of a training run whose state goes into its checkpoints: an environment, a network, a baseline or an optimizer of your own. What was saved and restored goes on
/// bit for bit like what was never interrupted. The state of what a run is made of again in the same way, such as settings and sizes, need not be in it.
/// </summary>
public interface ICheckpointable
{
    /// <summary>Whether the state can be saved and restored; true by default. A wrapper asks what it wraps. It never changes.</summary>
    bool IsCheckpointable => true;

    /// <summary>Writes the state: everything that what follows depends on, generators of random numbers among it.</summary>
    /// <param name="writer">Where to write it.</param>
    void SaveState(BinaryWriter writer);

    /// <summary>Goes back to a state that <see cref="SaveState"/> wrote, also of another instance.</summary>
    /// <param name="reader">Reads what was written, and no further.</param>
    /// <exception cref="InvalidDataException">What was written cannot be a state of this part.</exception>
    void RestoreState(BinaryReader reader);
}
