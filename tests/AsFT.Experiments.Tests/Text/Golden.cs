using System.Text.Json;

namespace AsFT.Experiments.Tests.Text;

/// <summary>
/// Reference ids of some three hundred strings. The tokenizers in the folders were made for these tests from text of
/// this project; the ids are those of Hugging Face's tokenizers and of SentencePiece (see the README there).
/// </summary>
internal static class Golden
{
    public static string At(params string[] parts) => Path.Combine([Workplace.Repository, "tests", "AsFT.Experiments.Tests", "Text", "Golden", .. parts]);

    public static IReadOnlyList<string> Strings { get; } = Read<string[]>("strings.json");

    public static T Read<T>(params string[] parts) => JsonSerializer.Deserialize<T>(File.ReadAllBytes(At(parts)), JsonSerializerOptions.Web)!;

    /// <summary>Fails with the first string whose ids differ.</summary>
    public static void Compare(IReadOnlyList<int[]> expected, Func<string, IReadOnlyList<int>> encode)
    {
        Assert.Equal(Strings.Count, expected.Count);
        var wrong = Strings.Zip(expected).Where(p => !encode(p.First).SequenceEqual(p.Second)).ToList();
        Assert.True(wrong.Count == 0, wrong.Count == 0 ? "" : $"{wrong.Count} of {Strings.Count} strings differ; first: {JsonSerializer.Serialize(wrong[0].First)}\nexpected {string.Join(",", wrong[0].Second)}\nactual   {string.Join(",", encode(wrong[0].First))}");
    }
}
