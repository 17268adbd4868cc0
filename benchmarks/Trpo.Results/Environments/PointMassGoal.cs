namespace Trpo.Results.Environments;

/// <summary>The goal of a <see cref="PointMass"/>.</summary>
internal enum PointMassGoal
{
    /// <summary>To be near the origin, which takes pushes within the bounds.</summary>
    Origin,

    /// <summary>To go as far as possible, for which the best action is the high bound in every state.</summary>
    Far,
}
