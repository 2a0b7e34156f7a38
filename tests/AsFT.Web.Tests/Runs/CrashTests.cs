using System.Diagnostics;

namespace AsFT.Web.Tests.Runs;

public sealed class CrashTests(PostgresServer postgres)
{
    private const int Steps = 315; // five epochs of 63

    [Fact]
    public async Task Trainer_Killed_IsCrashedAndResumesWithoutALostOrDoubledStep()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short(epochs: 5));
        await site.StepAsync(id, 50);
        using (var trainer = Process.GetProcessById(RunLifecycleTests.Trainers(site.RunFolder(id)).Single())) trainer.Kill();
        var crashed = await site.ReachAsync(id, "crashed");
        Assert.Contains("exit 137", (string)crashed["cause"]!);

        await site.Http.PostAsync($"/api/v1/runs/{id}/resume", null);
        await site.ReachAsync(id, "completed");
        await RunLifecycleTests.CurvesAreWhole(site, id, Steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Web_KilledInTheMiddle_TakesTheRunUpAgainAtStart(bool onPostgres)
    {
        await using var site = await Site.StartAsync(onPostgres ? await postgres.DatabaseAsync() : []);
        var id = await site.SubmitAsync(Specifications.Short(epochs: 5));
        var waiting = await site.SubmitAsync(Specifications.Short());
        await site.StepAsync(id, 50);
        site.Kill();
        await site.RestartAsync();
        await site.ReachAsync(id, "completed");
        await RunLifecycleTests.CurvesAreWhole(site, id, Steps);
        await site.ReachAsync(waiting, "completed"); // what waited is not forgotten either
    }

    /// <summary>Longer than a tick of the recovery, which must not end the site, and than a heartbeat.</summary>
    [Fact]
    public async Task Database_AwayForAWhile_LosesNothingAndTheRunGoesOn()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var site = await Site.StartAsync(await server.DatabaseAsync());
        var id = await site.SubmitAsync(Specifications.Short(epochs: 10));
        await site.StepAsync(id, 50);
        await server.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(20));
        await server.StartAsync();
        await site.ReachAsync(id, "completed");
        await RunLifecycleTests.CurvesAreWhole(site, id, 2 * Steps);
        Assert.Equal(1, (await File.ReadAllLinesAsync(Path.Combine(site.RunFolder(id), "events.jsonl"))).Count(l => l.Contains("\"kind\":\"started\""))); // by one process from start to end
    }

    [Fact]
    public async Task Web_StoppedInOrder_LetsTheRunGoOnAtTheNextStart()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short(epochs: 5));
        await site.StepAsync(id, 50);
        site.Interrupt();
        Assert.Empty(RunLifecycleTests.Trainers(site.RunFolder(id)));
        await site.RestartAsync();
        await site.ReachAsync(id, "completed");
        await RunLifecycleTests.CurvesAreWhole(site, id, Steps);
    }

    /// <summary>Runs on a disk of their own, or everything on one disk, the database with it.</summary>
    [Theory]
    [InlineData("runs")]
    [InlineData("")]
    public async Task Disk_FullDuringACheckpoint_FailsWithThatCauseAndKeepsTheLastCheckpointWhole(string folder)
    {
        Assert.SkipWhen(Environment.UserName != "root", "a small disk can be mounted by root only");
        var directory = Directory.CreateTempSubdirectory("asft-disk-").FullName;
        var disk = Directory.CreateDirectory(Path.Combine(directory, folder)).FullName;
        await Run("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk);
        try
        {
            await using var site = await Site.StartAsync(("Data:Directory", directory));
            var id = await site.SubmitAsync(Specifications.Short(epochs: 20));
            await site.StepAsync(id, 25); // after the checkpoint of step 20
            var filler = Path.Combine(disk, "filler");
            Fill(filler, new DriveInfo(disk).AvailableFreeSpace - 120_000); // room for some events, none for a checkpoint
            if (folder.Length == 0) await TrainerIsGoneAsync(site.RunFolder(id)); // the database cannot tell
            else await site.ReachAsync(id, "failed", "crashed", "completed");
            File.Delete(filler);
            var failed = await site.ReachAsync(id, "failed", "crashed", "completed");
            Assert.Equal("failed", (string)failed["state"]!);
            Assert.Contains("No space left on device", (string)failed["cause"]!);

            await site.Http.PostAsync($"/api/v1/runs/{id}/resume", null);
            await site.StepAsync(id, (int)failed["step"]! + 20);
            await site.Http.PostAsync($"/api/v1/runs/{id}/stop", null);
            var stopped = await site.ReachAsync(id, "stopped", "failed");
            Assert.Equal("stopped", (string)stopped["state"]!);
            await RunLifecycleTests.CurvesAreWhole(site, id, (int)stopped["step"]!);
        }
        finally
        {
            await Run("umount", "-l", disk);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task TrainerIsGoneAsync(string runFolder)
    {
        static string CommandLine(string process)
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                return ""; // it has just ended
            }
        }
        for (var clock = Stopwatch.StartNew(); Directory.EnumerateDirectories("/proc").Any(p => char.IsAsciiDigit(Path.GetFileName(p)[0]) && CommandLine(p).Contains(runFolder)); await Task.Delay(100))
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(3), "the trainer goes on although the disk is full");
    }

    private static void Fill(string path, long bytes)
    {
        using var file = File.Create(path);
        var block = new byte[4096];
        for (; bytes > 0; bytes -= block.Length) file.Write(block);
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
