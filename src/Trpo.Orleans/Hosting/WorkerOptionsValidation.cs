using Microsoft.Extensions.Options;

namespace Trpo.Orleans.Hosting;

/// <summary>The check of the settings of workers when a silo starts.</summary>
/// <param name="validate">Throws an <see cref="ArgumentException"/> if a setting is out of its range.</param>
internal sealed class WorkerOptionsValidation<T>(Action<T> validate) : IValidateOptions<T> where T : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, T options)
    {
        try
        {
            validate(options);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException exception)
        {
            return ValidateOptionsResult.Fail(exception.Message);
        }
    }
}
