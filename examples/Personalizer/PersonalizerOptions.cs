using Trpo.Runtime.Decisions;

namespace Trpo.Examples.Personalizer;

/// <summary>The settings of the service: section Personalizer of appsettings.json, or environment variables such as Personalizer__Key.</summary>
internal sealed class PersonalizerOptions
{
    /// <summary>"Data Source=file" for SQLite, or "Host=..." for PostgreSQL.</summary>
    public string Database { get; set; } = "Data Source=personalizer.db";

    /// <summary>The folder of the versions of the policy, which all instances on the database share.</summary>
    public string Versions { get; set; } = "versions";

    /// <summary>The names of the numbers of a context.</summary>
    public string[] Features { get; set; } = [];

    /// <summary>The names of the actions.</summary>
    public string[] Actions { get; set; } = [];

    /// <summary>The key of the callers of /decide and /reward.</summary>
    public string Key { get; set; } = "";

    /// <summary>The key of /report, /learn, /rollback and /delete, and so of the dashboard.</summary>
    public string AdminKey { get; set; } = "";

    /// <summary>The share of the decisions that explore.</summary>
    public double Floor { get; set; } = 0.05;

    public TimeSpan Deadline { get; set; } = TimeSpan.FromHours(1);

    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The reward of a decision without one.</summary>
    public double? DefaultReward { get; set; } = 0;

    /// <summary>True if decisions without a reward are left out.</summary>
    public bool LeaveOut { get; set; }

    /// <summary>The time between two lessons; null if they are given by POST /learn only.</summary>
    public TimeSpan? LearnEvery { get; set; }

    /// <summary>The number of settled decisions that no verdict has used, below which there is no lesson.</summary>
    public int MinFreshRows { get; set; } = 1_000;

    /// <summary>The share of the fresh decisions, the last ones, that judge a policy and teach nothing.</summary>
    public double JudgeShare { get; set; } = 0.4;

    /// <summary>The number of the decisions before those that are learned from.</summary>
    public int Window { get; set; } = 20_000;

    /// <summary>The probability of a wrong verdict over the life of the service.</summary>
    public double Budget { get; set; } = 0.05;

    public int Iterations { get; set; } = 100;

    public int[] HiddenLayers { get; set; } = [32, 32];

    /// <summary>The time after which the lesson of a process that was killed is taken over.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The time between two looks at the database for a version that another instance deployed.</summary>
    public TimeSpan Reload { get; set; } = TimeSpan.FromSeconds(1);

    public int MaxRequestsPerSecond { get; set; } = 5_000;

    public int MaxRequestBytes { get; set; } = 16_384;

    /// <summary>True if traces and metrics are written to the console.</summary>
    public bool Telemetry { get; set; }

    public RewardRules Rules => new() { Deadline = Deadline, Grace = Grace, DefaultReward = LeaveOut ? null : DefaultReward };

    public void Check()
    {
        static void Require(bool isMet, string name, string must)
        {
            if (!isMet)
                throw new InvalidOperationException($"Personalizer:{name} {must}.");
        }

        Require(Features.Length > 0 && Features.Distinct().Count() == Features.Length, nameof(Features), "must name the numbers of a context, each once");
        Require(Actions.Length > 1 && Actions.Distinct().Count() == Actions.Length, nameof(Actions), "must name two actions or more, each once");
        Require(Key.Length >= 16 && AdminKey.Length >= 16 && Key != AdminKey, nameof(Key), "and AdminKey must have 16 characters or more, and differ");
        Require(Floor is > 0 and <= 1, nameof(Floor), "must be above 0 and at most 1: without exploration, nothing is learned");
        Require(JudgeShare is > 0 and < 1, nameof(JudgeShare), "must be above 0 and below 1");
        Require(MinFreshRows > 100 && Window >= MinFreshRows, nameof(MinFreshRows), "must be above 100, and at most Window");
        _ = Rules;
    }
}
