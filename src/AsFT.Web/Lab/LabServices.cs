using AsFT.Web.Lab.Tournaments;
using AsFT.Web.Runs.Supervision;

namespace AsFT.Web.Lab;

public static class LabServices
{
    public static void Add(IServiceCollection services) =>
        services.AddSingleton<TournamentHistory>().AddSingleton<TournamentDriver>().AddSingleton<IRunFollower>(s => s.GetRequiredService<TournamentDriver>()).AddSingleton<TournamentQueue>().AddSingleton<TournamentImport>();
}
