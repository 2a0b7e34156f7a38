using System.Runtime.InteropServices;

namespace AsFT.Training.Models;

/// <summary>How much memory GPUs have. TorchSharp does not tell, so NVIDIA's driver is asked, which counts GPUs as libtorch does.</summary>
public static partial class GpuMemory
{
    /// <summary>All of a GPU's memory in bytes, in use or not; null where the driver does not say.</summary>
    public static long? Total(int gpu)
    {
        try
        {
            return Start(0) == 0 && Get(out var device, gpu) == 0 && Total(out var bytes, device) == 0 ? (long)bytes : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libcuda.so.1", EntryPoint = "cuInit")]
    private static partial int Start(uint flags);

    [LibraryImport("libcuda.so.1", EntryPoint = "cuDeviceGet")]
    private static partial int Get(out int device, int ordinal);

    [LibraryImport("libcuda.so.1", EntryPoint = "cuDeviceTotalMem_v2")]
    private static partial int Total(out nuint bytes, int device);
}
