namespace Trpo.Tests.Onnx.Admission;

/// <summary>The attributes of two trees over four columns: a root with two leaves, and a root with a leaf and another branch.</summary>
internal static class Trees
{
    public static (string Name, object Value)[] Attributes(string votes) =>
    [
        ("nodes_treeids", new long[] { 0, 0, 0, 1, 1, 1, 1, 1 }),
        ("nodes_nodeids", new long[] { 0, 1, 2, 0, 1, 2, 3, 4 }),
        ("nodes_featureids", new long[] { 1, 0, 0, 3, 0, 2, 0, 0 }),
        ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF" }),
        ("nodes_values", new[] { 0.5f, 0, 0, 0.25f, 0, 0.75f, 0, 0 }),
        ("nodes_truenodeids", new long[] { 1, 0, 0, 1, 0, 3, 0, 0 }),
        ("nodes_falsenodeids", new long[] { 2, 0, 0, 2, 0, 4, 0, 0 }),
        ($"{votes}_treeids", new long[] { 0, 0, 1, 1, 1 }),
        ($"{votes}_nodeids", new long[] { 1, 2, 1, 3, 4 }),
        ($"{votes}_ids", new long[] { 0, 1, 0, 1, 1 }),
        ($"{votes}_weights", new[] { 1f, 2f, 3f, 4f, 5f }),
    ];

    /// <summary>Returns the attributes with another value for one of them; null leaves it out.</summary>
    public static (string Name, object Value)[] With(string name, object? value) =>
        [.. name == "n_targets" ? Array.Empty<(string, object)>() : [("n_targets", 2L)], .. Attributes("target").Where(attribute => attribute.Name != name), .. value is null ? Array.Empty<(string, object)>() : [(name, value)]];

    /// <summary>Returns the attributes of one tree that is a chain: each node has a leaf and the next node.</summary>
    public static (string Name, object Value)[] Chain(int depth)
    {
        var count = (2 * depth) + 1;
        long[] Of(Func<int, long> value) => [.. Enumerable.Range(0, count).Select(value)];
        long[] leaves = [.. Enumerable.Range(0, count).Where(i => i % 2 == 1 || i == count - 1).Select(i => (long)i)];
        return
        [
            ("n_targets", 1L),
            ("nodes_treeids", Of(_ => 0)),
            ("nodes_nodeids", Of(i => i)),
            ("nodes_featureids", Of(_ => 0)),
            ("nodes_modes", Of(i => i).Select(i => leaves.Contains(i) ? "LEAF" : "BRANCH_LEQ").ToArray()),
            ("nodes_values", new float[count]),
            ("nodes_truenodeids", Of(i => Math.Min(i + 1, count - 1))),
            ("nodes_falsenodeids", Of(i => Math.Min(i + 2, count - 1))),
            ("target_treeids", leaves.Select(_ => 0L).ToArray()),
            ("target_nodeids", leaves),
            ("target_ids", leaves.Select(_ => 0L).ToArray()),
            ("target_weights", new float[leaves.Length]),
        ];
    }
}
