using AsFT.Experiments.Models;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>Works an adapter into the weights of its model.</summary>
internal static class MergeCommand
{
    public static int Execute(DirectoryInfo adapter, DirectoryInfo model, DirectoryInfo output)
    {
        try
        {
            if (output.Exists && output.EnumerateFileSystemInfos().Any()) throw new ModelException($"{output} is not empty; name another directory");
            using var merged = Decoder.Load(model.FullName, CPU, ScalarType.Float32);
            AdapterFile.Attach(adapter.FullName, merged);
            MergedModel.Write(output.FullName, model.FullName, merged);
            Console.WriteLine($"{output}: {ModelDirectory.Inspect(output.FullName).Parameters:N0} parameters");
            return 0;
        }
        catch (Exception e) when (Failure.IsKnown(e))
        {
            return Failure.Say(e);
        }
    }
}
