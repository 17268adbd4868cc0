namespace Trpo.Tests.Support.Scheduling;

/// <summary>The failure of a schedule: a deadlock, an endless one, or a misused lock.</summary>
internal sealed class ScheduleException(string message) : Exception(message);
