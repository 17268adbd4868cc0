using CsCheck;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Optimization;

public sealed class BinaryTreeTests
{
    [TestCase(1, "0")]
    [TestCase(2, "(0 1)")]
    [TestCase(3, "((0 1) 2)")]
    [TestCase(4, "((0 1) (2 3))")]
    [TestCase(5, "(((0 1) (2 3)) 4)")]
    [TestCase(7, "(((0 1) (2 3)) ((4 5) 6))")]
    public void The_tree_depends_only_on_the_number_of_leaves(int leaves, string tree)
    {
        string[] names = [.. Enumerable.Range(0, leaves).Select(leaf => $"{leaf}")];

        Assert.That(BinaryTree.Combine<string>(names, (left, right) => $"({left} {right})"), Is.EqualTo(tree));
    }

    [Test]
    public void Sums_of_complete_subtrees_combine_to_the_sum_of_the_leaves() => Gen.Double[-1e6, 1e6].Array[1, 40].Sample(values =>
    {
        // A process that holds the leaves 0 to 3, 4 to 7 and so on sends one sum for each four.
        double[] partial = [.. values.Chunk(4).Select(chunk => BinaryTree.Combine<double>(chunk, (left, right) => left + right))];

        return BinaryTree.Combine<double>(partial, (left, right) => left + right).Equals(BinaryTree.Combine<double>(values, (left, right) => left + right));
    });

    [Test]
    public void Vectors_are_summed_like_numbers() => Gen.Double[-1e6, 1e6].Array[1, 20].Sample(values =>
    {
        double[][] vectors = [.. values.Select(value => (double[])[value, -value])];
        var expected = BinaryTree.Combine<double>(values, (left, right) => left + right);

        return BinaryTree.Sum(vectors).SequenceEqual([expected, -expected]);
    });
}
