namespace Trpo.Onnx.Admission;

/// <summary>
/// The trees of a node, which its attributes list. Reading them walks each tree once from its root. OnnxRuntime relies on what is checked here: it
/// reads features, votes and weights without a look at their number, and follows trees by recursion.
/// </summary>
internal sealed class TreeEnsemble
{
    /// <summary>The maximum number of levels of a tree.</summary>
    public const int MaxDepth = 1_024;

    private const string Leaf = "LEAF";
    private static readonly string[] Modes = [Leaf, "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];

    private readonly IReadOnlyList<long> _trees;
    private readonly IReadOnlyList<long> _ids;
    private readonly bool[] _isLeaf;
    private readonly int[] _votes;
    private readonly Dictionary<(long Tree, long Id), int> _indices = [];

    private TreeEnsemble(IReadOnlyList<long> trees, IReadOnlyList<long> ids, bool[] isLeaf)
    {
        (_trees, _ids, _isLeaf, _votes) = (trees, ids, isLeaf, new int[ids.Count]);
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids[i] < 0 || ids[i] >= ids.Count || trees[i] < 0 || trees[i] >= ids.Count)
                throw new InvalidDataException($"the node {ids[i]} of the tree {trees[i]} is out of the range of {ids.Count} nodes.");
            if (!_indices.TryAdd((trees[i], ids[i]), i))
                throw new InvalidDataException($"{Name(i)} is listed twice.");
        }
    }

    /// <summary>The number of nodes.</summary>
    public long Nodes => _ids.Count;

    /// <summary>The number of votes of all leaves.</summary>
    public long Votes { get; private set; }

    /// <summary>The maximum number of levels that a row passes in all trees together.</summary>
    public long Levels { get; private set; }

    /// <summary>The maximum number of votes that a row gets in all trees together.</summary>
    public long VotesOfRow { get; private set; }

    /// <summary>Reads trees.</summary>
    /// <param name="call">The node.</param>
    /// <param name="votes">The prefix of the attributes of votes, "target" or "class".</param>
    /// <param name="targets">The number of results that a vote may be for.</param>
    /// <param name="columns">The number of columns that a node may compare.</param>
    /// <exception cref="InvalidDataException">The attributes list no trees; the message says why.</exception>
    public static TreeEnsemble Read(OperatorCall call, string votes, long targets, long columns)
    {
        var ids = call.Integers("nodes_nodeids") ?? [];
        if (ids.Count == 0)
            throw new InvalidDataException("it has no nodes.");
        var modes = call.Texts("nodes_modes");
        if (modes.Select(mode => mode.ToStringUtf8()).FirstOrDefault(mode => !Modes.Contains(mode)) is { } unknown)
            throw new InvalidDataException($"it has a node of the mode '{unknown}', and {string.Join(", ", Modes)} are admitted.");
        Expect("nodes_modes", modes.Count, ids.Count);
        Expect("nodes_values", call.Numbers("nodes_values").Count, ids.Count);
        foreach (var (name, count) in new[] { ("nodes_hitrates", call.Numbers("nodes_hitrates").Count), ("nodes_missing_value_tracks_true", call.Integers("nodes_missing_value_tracks_true")?.Count ?? 0) })
            Expect(name, count == 0 ? ids.Count : count, ids.Count);
        foreach (var name in new[] { "base_values", "nodes_values", "nodes_hitrates", $"{votes}_weights" })
        {
            if (call.Attribute($"{name}_as_tensor") is not null)
                throw new InvalidDataException($"it has '{name}_as_tensor', and lists of Float are admitted.");
        }

        var trees = new TreeEnsemble(Listed(call, "nodes_treeids", ids.Count), ids, [.. modes.Select(mode => mode.ToStringUtf8() == Leaf)]);
        trees.AddVotes(call, votes, targets);
        trees.Walk(Listed(call, "nodes_featureids", ids.Count), Listed(call, "nodes_truenodeids", ids.Count), Listed(call, "nodes_falsenodeids", ids.Count), columns);
        return trees;
    }

    private void AddVotes(OperatorCall call, string votes, long targets)
    {
        var results = call.Integers($"{votes}_ids") ?? [];
        var (trees, nodes) = (Listed(call, $"{votes}_treeids", results.Count), Listed(call, $"{votes}_nodeids", results.Count));
        Expect($"{votes}_weights", call.Numbers($"{votes}_weights").Count, results.Count);
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i] < 0 || results[i] >= targets)
                throw new InvalidDataException($"its vote {i} is for the result {results[i]} of {targets}.");
            if (!_indices.TryGetValue((trees[i], nodes[i]), out var leaf) || !_isLeaf[leaf])
                throw new InvalidDataException($"its vote {i} is of the node {nodes[i]} of the tree {trees[i]}, which is no leaf.");
            _votes[leaf]++;
        }

        Votes = results.Count;
    }

    // The nodes of a tree stand together, and its root is the first of them.
    private void Walk(IReadOnlyList<long> features, IReadOnlyList<long> whenTrue, IReadOnlyList<long> whenFalse, long columns)
    {
        var reached = new bool[_ids.Count];
        var pending = new Stack<(int Index, int Level)>();
        for (var root = 0; root < _ids.Count; root++)
        {
            if (root > 0 && _trees[root] == _trees[root - 1])
                continue;
            var (levels, votes) = (0, 0);
            pending.Push((root, 1));
            while (pending.TryPop(out var node))
            {
                var (i, level) = node;
                if (reached[i])
                    throw new InvalidDataException($"{Name(i)} is reached twice: trees have no cycles, and their nodes stand together behind the root.");
                reached[i] = true;
                if (level > MaxDepth)
                    throw new InvalidDataException($"{Name(i)} is on the level {level}, and {MaxDepth} are admitted.");
                if (features[i] < 0 || features[i] >= columns)
                    throw new InvalidDataException($"{Name(i)} compares the column {features[i]} of {columns}.");
                levels = Math.Max(levels, level);
                votes = Math.Max(votes, _votes[i]);
                if (!_isLeaf[i])
                {
                    pending.Push((Child(i, whenTrue[i]), level + 1));
                    pending.Push((Child(i, whenFalse[i]), level + 1));
                }
                else if (_votes[i] == 0)
                {
                    throw new InvalidDataException($"{Name(i)} is a leaf without a vote.");
                }
            }

            Levels += levels;
            VotesOfRow += votes;
        }

        if (Array.IndexOf(reached, false) is >= 0 and var lost)
            throw new InvalidDataException($"{Name(lost)} is not reached from the root of its tree.");
    }

    private int Child(int parent, long id) => _indices.TryGetValue((_trees[parent], id), out var child)
        ? child
        : throw new InvalidDataException($"{Name(parent)} leads to the node {id}, which its tree does not have.");

    private string Name(int index) => $"the node {_ids[index]} of the tree {_trees[index]}";

    private static IReadOnlyList<long> Listed(OperatorCall call, string name, int count)
    {
        var listed = call.Integers(name) ?? [];
        Expect(name, listed.Count, count);
        return listed;
    }

    private static void Expect(string name, int count, int expected)
    {
        if (count != expected)
            throw new InvalidDataException($"its '{name}' has {count} values instead of {expected}.");
    }
}
