using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(AsFT.Web.Tests.PostgresServer))]

namespace AsFT.Web.Tests;

/// <summary>A PostgreSQL server of the tests' own, in a folder of its own, with a database for whoever asks.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string directory = System.IO.Directory.CreateTempSubdirectory("asft-postgres-").FullName;
    private readonly int port = FreePort();
    private int databases;

    private static string Programs { get; } = System.IO.Directory.EnumerateDirectories("/usr/lib/postgresql").OrderBy(d => int.Parse(Path.GetFileName(d))).Last() + "/bin/";

    public async ValueTask InitializeAsync()
    {
        if (Environment.UserName == "root") await RunAsync("chown", "postgres", directory);
        await AsServerAsync("initdb", "-D", directory + "/data", "-U", "asft", "--auth=trust", "-E", "UTF8", "--no-sync");
        await StartAsync();
    }

    public Task StartAsync() => AsServerAsync("pg_ctl", "-D", directory + "/data", "-w", "-l", directory + "/log", "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} -c fsync=off", "start");

    /// <summary>As where its machine goes: nobody is asked, and connections break.</summary>
    public Task StopAsync() => AsServerAsync("pg_ctl", "-D", directory + "/data", "-m", "immediate", "stop");

    /// <summary>The settings for a site on a new, empty database.</summary>
    public async Task<(string, string)[]> DatabaseAsync()
    {
        var name = $"asft{Interlocked.Increment(ref databases)}";
        await RunAsync(Programs + "createdb", "-h", "127.0.0.1", "-p", port.ToString(), "-U", "asft", name);
        return [("Database:Provider", "Postgres"), ("Database:ConnectionString", $"Host=127.0.0.1;Port={port};Username=asft;Database={name}")];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        System.IO.Directory.Delete(directory, recursive: true);
    }

    /// <summary>The server refuses to run as root.</summary>
    private static Task AsServerAsync(string program, params string[] arguments) =>
        Environment.UserName == "root" ? RunAsync("runuser", ["-u", "postgres", "--", Programs + program, .. arguments]) : RunAsync(Programs + program, arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
