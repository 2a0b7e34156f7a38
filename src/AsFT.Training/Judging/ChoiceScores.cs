using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Models;
using AsFT.Training.Text;
using static TorchSharp.torch;

namespace AsFT.Training.Judging;

/// <summary>
/// Multiple choice without writing: the answer of a row is its option o with the largest log P(o | prompt) = Σ_t log p(o_t |
/// prompt, o_&lt;t), the end token included, without division by the length. Options are a row's own choices, or else all
/// different gold answers of the set. Of equals the first counts.
/// </summary>
/// <param name="tokenizer">the model's</param>
/// <param name="batchSize">prompts with an option, side by side</param>
public sealed class ChoiceScores(TextTokenizer tokenizer, int batchSize)
{
    /// <summary>More different answers than this are no choice; every one costs a forward pass a row.</summary>
    public const int MostOptions = 100;

    public void Add(Decoder model, QuestionSet set, Scores scores, CancellationToken cancel = default)
    {
        var options = Options(set);
        var likelihood = Likelihoods(model, set, options, cancel);
        var right = 0;
        for (var i = 0; i < options.Count; i++)
        {
            var chosen = options[i][Array.IndexOf(likelihood[i], likelihood[i].Max())];
            var gold = set.Questions[i].Text.Answer!.Trim();
            var isRight = chosen.Trim() == gold;
            if (isRight) right++;
            scores.Add([new JudgedAnswer("task", set.Questions[i].Text.Prompt, chosen.Trim(), isRight ? "right" : "wrong", gold)]);
        }
        scores.Share("eval/accuracy", right, options.Count, interval: true);
        scores.Say("task_options", Scores.ShortHash(string.Join('\n', options.SelectMany(o => o).Distinct())));
    }

    /// <summary>The options of each row, as they are written behind its prompt.</summary>
    /// <exception cref="SpecificationException">there are too many to choose from, or only one</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Options(QuestionSet set)
    {
        var all = set.Answers;
        var shared = set.Questions.Any(q => Own(q) is null);
        if (shared && all.Count is < 2 or > MostOptions)
            throw new SpecificationException([new("evaluation.metric", $"is choice, and the task has {all.Count} different answers to choose from; 2 to {MostOptions} can be, or give each row its own 'choices'")]);
        return [.. set.Questions.Select(q => Own(q) is { } own ? own.Select(c => Written(q, c)).ToList() : all)];
    }

    private static IReadOnlyList<string>? Own(Question question) => (question.Row as InstructionRow)?.Choices;

    /// <summary>With the white space that the template sets before an answer.</summary>
    private static string Written(Question question, string choice) => question.Text.Answer![..^question.Text.Answer!.TrimStart().Length] + choice;

    /// <summary>log P of every option of every row.</summary>
    internal double[][] Likelihoods(Decoder model, QuestionSet set, IReadOnlyList<IReadOnlyList<string>> options, CancellationToken cancel)
    {
        var sums = options.Select(o => new double[o.Count]).ToArray();
        var texts = options.SelectMany((o, row) => o.Select((option, at) => (row, at, text: Text(model, set.Questions[row], option)))).OrderBy(t => t.text.Ids.Length);
        foreach (var chunk in texts.Chunk(batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var (t, sum) in chunk.Zip(LogProbabilities(model, [.. chunk.Select(t => t.text)]))) sums[t.row][t.at] = sum;
        }
        return sums;
    }

    /// <summary>Prompt, option and end token as in training; what does not fit goes from the prompt's beginning.</summary>
    internal TokenisedRow Text(Decoder model, Question question, string option)
    {
        var written = question.Text with { Answer = option, AnswerSegments = question.Text.AnswerSegments?.Select(s => s.FromTemplate ? s : s with { Text = option }).ToList() };
        var whole = TokenisedRow.From(written, tokenizer, int.MaxValue);
        int[] prompt = whole.Ids[..whole.PromptLength], answer = whole.Ids[whole.PromptLength..];
        if (answer.Length >= model.Config.MaxPositions) throw new SpecificationException([new("evaluation.task", $"has an answer of {answer.Length} tokens; the model's context holds {model.Config.MaxPositions}")]);
        int[] kept = [.. prompt.Skip(Math.Max(0, prompt.Length + answer.Length - model.Config.MaxPositions))];
        return new([.. kept, .. answer], kept.Length, kept.Length < prompt.Length);
    }

    private double[] LogProbabilities(Decoder model, IReadOnlyList<TokenisedRow> rows)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var batch = Batch.Of(rows, tokenizer.EndId);
        var hidden = model.Hidden(tensor(batch.Ids, [batch.Lines, batch.Width], device: model.Device)); // (B, T, H); padding on the right is seen by no text
        var learnt = hidden.view(-1, hidden.shape[^1]).index_select(0, tensor(batch.Positions, device: model.HeadDevice));
        var all = model.Head(learnt).to(ScalarType.Float32).log_softmax(-1); // (answer tokens, vocabulary)
        var each = all.gather(1, tensor(batch.Targets, device: model.HeadDevice).unsqueeze(1)).squeeze(1).cpu().data<float>().ToArray();
        var (sums, at) = (new double[rows.Count], 0);
        for (var row = 0; row < rows.Count; at += rows[row++].Supervised) sums[row] = each.Skip(at).Take(rows[row].Supervised).Sum(l => (double)l);
        return sums;
    }
}
