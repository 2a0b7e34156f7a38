using AsFT.Experiments.Models;

namespace AsFT.Trainer;

internal static class InspectCommand
{
    public static int Execute(DirectoryInfo directory)
    {
        try
        {
            var facts = ModelDirectory.Inspect(directory.FullName);
            Console.WriteLine($"architecture  {facts.Architecture}");
            Console.WriteLine(FormattableString.Invariant($"parameters    {facts.Parameters:N0} in {facts.Dtype}"));
            Console.WriteLine(FormattableString.Invariant($"shape         {facts.Config.Layers} layers, {facts.Config.HiddenSize} wide, {Heads(facts.Config)}, vocabulary {facts.Config.VocabularySize}, {facts.Config.MaxPositions} positions"));
            Console.WriteLine($"tokenizer     {facts.Tokenizer}");
            foreach (var file in facts.Files) Console.WriteLine(FormattableString.Invariant($"file          {file.Name} ({file.Bytes:N0} bytes)"));
            foreach (var note in facts.Notes) Console.WriteLine($"note          {note}");
            return 0;
        }
        catch (ModelException e)
        {
            Console.Error.WriteLine($"{directory}: {e.Message}");
            return 1;
        }
    }

    private static string Heads(ModelConfig config) =>
        config is DecoderConfig { KeyValueHeads: var shared } ? FormattableString.Invariant($"{config.Heads} heads ({shared} for keys and values)") : FormattableString.Invariant($"{config.Heads} heads");
}
