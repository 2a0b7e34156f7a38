using AsFT.Experiments.Text.Tokenizers;
namespace AsFT.Experiments.Text.Templates;
public sealed class ChatTemplate
{
    public string? EndOfTurn => null;
    internal static ChatTemplate? Find(string directory, TokenizerSettings settings, IReadOnlyList<AddedToken> added) => null;
}
