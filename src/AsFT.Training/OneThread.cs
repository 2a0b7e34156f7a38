using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>
/// While it lives libtorch computes on one thread. The BLAS wakes the others for the smallest product too, which takes longer than
/// the product; element-wise work libtorch shares out from 32,768 numbers on.
/// </summary>
internal readonly struct OneThread : IDisposable
{
    private const int Few = 32768;

    private readonly int before;

    private OneThread(int before) => this.before = before;

    public static OneThread Always()
    {
        var before = get_num_threads();
        set_num_threads(1);
        return new(before);
    }

    /// <param name="numbers">that the largest tensor has</param>
    public static OneThread IfFew(long numbers) => numbers < Few ? Always() : default;

    public void Dispose()
    {
        if (before > 0) set_num_threads(before);
    }
}
