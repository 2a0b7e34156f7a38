using AsFT.Web.Runs.Supervision;

namespace AsFT.Web.Sweeps;

public static class SweepServices
{
    public static void Add(IServiceCollection services) =>
        services.AddSingleton<SweepHistory>().AddSingleton<SweepDriver>().AddSingleton<IRunFollower>(s => s.GetRequiredService<SweepDriver>()).AddSingleton<SweepQueue>().AddSingleton<SweepPruning>();
}
