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
            Read(path, ScalarType.Float32); // once, so that both find the file in the page cache
            var bytes = Bytes(path);
            foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            {
                var (seconds, peak, weights) = Read(path, type);
                Timing.Say($"  {type}: {gigabytes / seconds:0.0} GB/s of the file ({bytes / seconds:P0} of reading its bytes alone); resident memory grew by {peak / weights:0.00} × the weights");
            }
        }
        finally
        {
            File.Delete(path);
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

    private static (double Seconds, double Peak, double Weights) Read(string path, ScalarType type)
    {
        File.WriteAllText("/proc/self/clear_refs", "5"); // resets the peak
        var before = Status("VmRSS");
        var clock = Stopwatch.StartNew();
        var tensors = SafetensorsFile.Read(path, type: type);
        var seconds = clock.Elapsed.TotalSeconds;
        var peak = Status("VmHWM") - before;
        double weights = tensors.Values.Sum(t => t.numel() * t.element_size());
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return (seconds, peak, weights);
    }

    private static double Status(string key) => double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(key + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
