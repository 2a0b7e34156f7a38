using AsFT.Web.Access;
using AsFT.Web.Data;
using AsFT.Web.Runs.Classification;
using AsFT.Web.Runs.Setup;
using AsFT.Web.Runs.Supervision;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire;

namespace AsFT.Web.Runs;

/// <summary>Hangfire beside the database: in memory with SQLite, in PostgreSQL with PostgreSQL.</summary>
public static class RunServices
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RunOwner>().AddSingleton<RunWorkers>().AddSingleton<RunBroadcast>().AddSingleton<RunResolver>().AddSingleton<EarlierRuns>().AddSingleton<RunRecorder>()
            .AddSingleton<RunQueue>().AddSingleton<RunHistory>().AddSingleton<RunFiles>().AddSingleton<SourceArguments>().AddSingleton<RunSupervisor>().AddSingleton<RunTrial>().AddSingleton<Predictor>().AddSingleton<JudgePromotion>().AddSingleton<FormBeginnings>().AddScoped<RunEstimator>().AddTransient<RunJob>();
        services.AddHangfire(hangfire =>
        {
            if (Database.IsPostgres(configuration))
                hangfire.UsePostgreSqlStorage(o => o.UseNpgsqlConnection(Database.ConnectionString(configuration)), new PostgreSqlStorageOptions
                {
                    UseSlidingInvisibilityTimeout = true, InvisibilityTimeout = TimeSpan.FromMinutes(2), QueuePollInterval = TimeSpan.FromSeconds(1), // a long run is never fetched twice
                });
            else
                hangfire.UseInMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromDays(30) });
        });
        services.AddHangfireServer(o => (o.WorkerCount, o.CancellationCheckInterval, o.ShutdownTimeout) = (Math.Max(1, configuration.GetValue("Runs:Workers", 1)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)));
        services.AddHostedService<RunRecovery>().AddHostedService<FollowerRecovery>();
    }

    public static void Map(WebApplication app)
    {
        app.MapHub<RunsHub>("/hubs/runs");
        app.MapHangfireDashboard("/hangfire", new DashboardOptions { Authorization = [new AdministratorsOnly()], DisplayStorageConnectionString = false, DashboardTitle = "AsFT jobs" });
    }

    private sealed class AdministratorsOnly : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => context.GetHttpContext().User.IsInRole(AccessHandler.Administrator);
    }
}
