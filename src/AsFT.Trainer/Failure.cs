using System.Runtime.InteropServices;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer;

/// <summary>What can go wrong with files and models that a command is given, as one sentence and exit code 1.</summary>
internal static class Failure
{
    public static bool IsKnown(Exception e) => e is ModelException or DatasetException or SpecificationException or IOException or UnauthorizedAccessException or ExternalException;

    /// <summary>Of an error of libtorch the first line: its native stack follows.</summary>
    public static int Say(Exception e)
    {
        Console.Error.WriteLine(e is ExternalException ? e.Message.Split('\n')[0] : e.Message);
        return 1;
    }
}
