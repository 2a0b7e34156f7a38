namespace AsFT.Web.Sweeps;

public static class SweepServices
{
    public static void Add(IServiceCollection services) =>
        services.AddSingleton<SweepHistory>().AddSingleton<SweepDriver>().AddSingleton<SweepQueue>().AddSingleton<SweepPruning>().AddHostedService<SweepRecovery>();
}
