namespace AsFT.Training.Judging;

/// <summary>A way to judge by asking a language model: what is asked, and how its reply is read.</summary>
internal interface IRubric
{
    /// <summary>Name and version of question and reading.</summary>
    string Version { get; }

    bool SeesRefusals { get; }

    /// <summary>Longest reply, in tokens.</summary>
    int NewTokens { get; }

    string Prompt(Exchange exchange);

    /// <summary>Null if the reply is not in the form that was asked for: then nothing is known.</summary>
    Judgement? Read(string reply);
}
