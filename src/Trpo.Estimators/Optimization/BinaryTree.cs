using System.Numerics;
using System.Numerics.Tensors;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// Addition over a fixed binary tree of indices, so that floating-point sums of several parts do not depend on who computes which part: the left subtree of
/// <c>m</c> leaves holds the largest power of two below <c>m</c>. Whoever holds all leaves of a subtree may add them up alone.
/// </summary>
internal static class BinaryTree
{
    /// <summary>Combines values.</summary>
    /// <param name="leaves">The values, at least one, in the order of their indices.</param>
    /// <param name="add">Combines the values of a left and a right subtree.</param>
    public static T Combine<T>(ReadOnlySpan<T> leaves, Func<T, T, T> add)
    {
        if (leaves.Length == 1)
            return leaves[0];
        var left = LeftLeaves(leaves.Length);
        return add(Combine(leaves[..left], add), Combine(leaves[left..], add));
    }

    /// <summary>Adds vectors of one length into the first of them.</summary>
    /// <param name="leaves">The vectors, at least one, in the order of their indices; their contents are lost.</param>
    /// <returns>The first vector, which holds the sum.</returns>
    public static double[] Sum(ReadOnlySpan<double[]> leaves)
    {
        if (leaves.Length > 1)
        {
            var left = LeftLeaves(leaves.Length);
            TensorPrimitives.Add<double>(Sum(leaves[..left]), Sum(leaves[left..]), leaves[0]);
        }

        return leaves[0];
    }

    private static int LeftLeaves(int leaves) => 1 << BitOperations.Log2((uint)(leaves - 1));
}
