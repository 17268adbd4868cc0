namespace Trpo.Tests.Support.Scheduling;

/// <summary>A defect of a <see cref="BoundedQueue"/>.</summary>
public enum QueueDefect
{
    None,

    /// <summary>A thread that was woken does not check again: <c>if</c> in the place of <c>while</c>.</summary>
    ChecksOnce,

    /// <summary>A thread wakes one other, which may be one that cannot go on.</summary>
    WakesOne,

    /// <summary>A thread wakes no other.</summary>
    WakesNone,
}
