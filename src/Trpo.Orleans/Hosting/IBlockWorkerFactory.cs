namespace Trpo.Orleans.Hosting;

/// <summary>A source of workers.</summary>
internal interface IBlockWorkerFactory
{
    /// <summary>Creates a worker that runs nothing yet.</summary>
    IBlockWorker Create();
}
