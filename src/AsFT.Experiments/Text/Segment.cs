namespace AsFT.Experiments.Text;

/// <summary>
/// A stretch of a prompt and where it comes from. Only what a template wrote may hold special tokens; what a person
/// wrote (the content of a message) is always characters.
/// </summary>
public readonly record struct Segment(string Text, bool FromTemplate);
