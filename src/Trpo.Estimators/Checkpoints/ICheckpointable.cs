namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// A part of a training run whose state is saved in checkpoints: an environment, a network, a baseline or an optimizer of your own. A restored part behaves
/// bit for bit like one that was never interrupted. Settings and sizes, which a resumed run sets again, need not be saved.
/// </summary>
public interface ICheckpointable
{
    /// <summary>True if the state can be saved and restored, the default. A wrapper returns the value of the part that it wraps. The value never changes.</summary>
    bool IsCheckpointable => true;

    /// <summary>Writes the state: everything that later results depend on, random number generators included.</summary>
    /// <param name="writer">Receives the state.</param>
    void SaveState(BinaryWriter writer);

    /// <summary>Restores a state that <see cref="SaveState"/> wrote, of this or another instance.</summary>
    /// <param name="reader">Reads the state; no byte behind it is read.</param>
    /// <exception cref="InvalidDataException">The bytes are not a state of this part.</exception>
    void RestoreState(BinaryReader reader);
}
