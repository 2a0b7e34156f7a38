using System.Diagnostics;
using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Reading a directory of weights: how fast against reading its bytes, and how much memory at most.</summary>
internal static class Reading
{
    /// <param name="gigabytes">size of the generated file; its float32 weights are read as they are and as bfloat16</param>
    public static void Run(double gigabytes)
    {
        var path = Path.Combine(Path.GetTempPath(), $"asft-bench-{Environment.ProcessId}.safetensors");
        try
        {
            Write(path, gigabytes);
            foreach (var cold in new[] { false, true })
            {
                if (cold && !Forget()) Console.WriteLine("  from the disk: not measured, the page cache can be emptied by root only");
                else Compare(path, gigabytes, cold);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Compare(string path, double gigabytes, bool cold)
    {
        Bytes(path);
        if (cold) Forget();
        var bytes = Bytes(path);
        foreach (var type in new[] { "Float32", "BFloat16" })
        {
            if (cold) Forget();
            var parts = Own("read", path, type).Split(' ');
            var (seconds, grown) = (Number(parts[0]), Number(parts[1]));
            Timing.Say($"  {(cold ? "from the disk" : "from the page cache")}, {type}: {gigabytes / seconds:0.0} GB/s of the file, {bytes / seconds:P0} of the speed of reading its bytes alone; resident memory at its highest {grown:0.00} × the weights");
        }
    }

    /// <summary>Empties the page cache, so that the disk is read.</summary>
    private static bool Forget()
    {
        try
        {
            File.WriteAllText("/proc/sys/vm/drop_caches", "3");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Write(string path, double gigabytes)
    {
        using var scope = NewDisposeScope();
        var one = randn(4096, 4096);
        Console.WriteLine($"Reading: {gigabytes} GB of float32 weights in matrices of 4096 × 4096");
        SafetensorsFile.Write(path, Enumerable.Range(0, (int)(gigabytes * 1e9 / 4 / 4096 / 4096)).ToDictionary(i => $"layer.{i:000}.weight", _ => one));
    }

    private static double Bytes(string path)
    {
        var clock = Stopwatch.StartNew();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        var buffer = new byte[8 << 20];
        while (file.Read(buffer) > 0) { }
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>In a process of its own, whose memory holds nothing else: seconds, and the growth of its peak against the weights' size.</summary>
    public static void Once(string path, ScalarType type)
    {
        using var first = zeros(1); // libtorch itself
        var before = Status("VmRSS");
        var clock = Stopwatch.StartNew();
        var tensors = SafetensorsFile.Read(path, type: type);
        var seconds = clock.Elapsed.TotalSeconds;
        double weights = tensors.Values.Sum(t => t.numel() * t.element_size());
        Timing.Say($"{seconds:R} {(Status("VmHWM") - before) / weights:R}");
    }

    private static string Own(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Reading).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static double Status(string key) => double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(key + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
