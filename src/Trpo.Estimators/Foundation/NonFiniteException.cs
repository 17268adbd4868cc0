namespace Trpo.Estimators.Foundation;

/// <summary>The exception that is thrown when a number of a training is infinite or not a number, so that training cannot continue from there.</summary>
/// <param name="fault">The number, where it arose, and the settings to try: the end of a sentence, and further ones.</param>
internal sealed class NonFiniteException(string fault) : Exception(fault);
