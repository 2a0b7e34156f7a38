using AsFT.Training.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>
/// What is random within a step, dropout that is, must be the same when a run is gone on with. The processor's generator is kept in the checkpoint; a GPU's cannot
/// be read here, so it is seeded anew before each step, by the run's seed and the step.
/// </summary>
internal static class StepRandom
{
    public static void Begin(Device device, int seed, int step)
    {
        if (device.type == DeviceType.CUDA) cuda.manual_seed_all(BatchPlan.Mix(seed, step));
    }
}
