namespace AsFT.Web.Tests.Sweeps;

public sealed class SweepCrashTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Web_KilledInTheMiddle_GoesOnWithoutTryingAPointTwice(bool onPostgres)
    {
        await using var site = await SmallSearch.SiteAsync(onPostgres ? await postgres.DatabaseAsync() : []);
        var id = await site.StartSweepAsync(SmallSearch.Text("algorithm: tpe\npoints: 4\nseeds: 2\nat_once: 2\nseed: 7"));
        await site.SweepAsync(id, s => (int)s["runsOver"]! >= 2 && s.Runs().Any(r => (string)r["state"]! == "running"));
        var before = await site.GetAsync($"/api/v1/sweeps/{id}");
        site.Kill();
        await site.RestartAsync();
        var sweep = await site.CompletedAsync(id);

        Assert.Equal(8, sweep.Runs().Select(r => (Guid)r["id"]!).Distinct().Count());
        Assert.Equal(8, (await site.GetAsync("/api/v1/runs")).AsArray().Count);
        Assert.All(sweep["points"]!.AsArray(), p => Assert.Equal([42, 43], p!["runs"]!.AsArray().Select(r => (int)r!["seed"]!)));
        Assert.Empty(before.Runs().Select(r => (Guid)r["id"]!).Except(sweep.Runs().Select(r => (Guid)r["id"]!))); // what was begun is taken up
        foreach (var (was, now) in before["points"]!.AsArray().Zip(sweep["points"]!.AsArray())) Assert.Equal(was!["settings"]!.ToJsonString(), now!["settings"]!.ToJsonString());
    }
}
