namespace AsFT.Experiments.Text.Templates;

/// <summary>
/// What one rendering may use. A template comes with a model and is not trusted: every step, and every sixteen
/// characters or eight list entries that a step makes, count one, so that neither time nor memory grows beyond these.
/// </summary>
internal sealed class TemplateLimits
{
    public const int TemplateBytes = 64 * 1024, OutputCharacters = 1_000_000, Steps = 1_000_000, Nesting = 50, RangeLength = 100_000;

    /// <summary>A chain of operators is deep without being nested, so the evaluator may go deeper than brackets do.</summary>
    private const int EvaluationDepth = 250;

    private int steps, depth;

    public void Step(int count = 1)
    {
        if ((steps += count) > Steps) throw new TemplateException($"the chat template takes more than {Steps:N0} steps; it loops for too long or makes too much text");
    }

    public void Characters(long count)
    {
        if (count > OutputCharacters) throw new TemplateException($"the chat template writes more than {OutputCharacters:N0} characters");
        Step((int)(count / 16));
    }

    public void Entries(long count)
    {
        if (count > OutputCharacters) throw new TemplateException($"the chat template makes a list of more than {OutputCharacters:N0} entries");
        Step((int)(count / 8));
    }

    public void Enter()
    {
        if (++depth > EvaluationDepth) throw new TemplateException($"the chat template chains more than {EvaluationDepth} operations in one expression");
        Step();
    }

    public void Leave() => depth--;
}
