namespace AsFT.Experiments.Text.Templates;

/// <summary>A chat template that is not read here, breaks a limit, or refuses the conversation. The message says which.</summary>
public sealed class TemplateException(string message) : Exception(message);
