namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>From one word, as the steps before it cut it, to ids.</summary>
internal interface ITokenModel
{
    void Encode(string word, List<int> ids);
}
