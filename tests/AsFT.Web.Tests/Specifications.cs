namespace AsFT.Web.Tests;

/// <summary>Runs of the shipped pair, without evaluation unless asked, so that a test waits for seconds.</summary>
public static class Specifications
{
    public static string Short(int epochs = 1, string method = "sft", string more = "", string train = "lab-train", int checkpointEvery = 20) => $$"""
        name: short
        model: {aligned: lab-aligned, base: lab-base}
        data: {train: [{{train}}], max_length: 96}
        method: {kind: {{method}}, lambda: 30}
        optimiser: {learning_rate: 1e-3}
        training: {epochs: {{epochs}}, batch_size: 16, checkpoint_every: {{checkpointEvery}}}
        {{more}}
        """;

    public const string SmallEvaluation = "evaluation: {harmful_prompts: lab-harmful, harmful_limit: 20, harmful_new_tokens: 24, task: lab-task, task_limit: 20, task_new_tokens: 8, metric: exact}\njudge: {form: lab}";
}
