namespace AsFT.Training;

/// <summary>What the losses of one step were.</summary>
/// <param name="Bce">binary cross-entropy, before it is multiplied by 1 − α</param>
/// <param name="Second">the contrastive or correlation loss, before it is multiplied by α; null where there is none</param>
/// <param name="Total">what was followed</param>
/// <param name="Anchors">how many items are compared, and how many of them have a partner to be pulled to; null where nothing is compared</param>
/// <param name="RowsWithoutNumber">texts that make a published loss NaN</param>
/// <param name="Tokens">ids that went through the encoder, padding included</param>
public sealed record ClassifierLosses(double Bce, double? Second, double Total, (int Paired, int All)? Anchors, int RowsWithoutNumber, int Tokens)
{
    public static ClassifierLosses operator +(ClassifierLosses a, ClassifierLosses b) => new(
        a.Bce + b.Bce, a.Second + b.Second, a.Total + b.Total, a.Anchors is { } x && b.Anchors is { } y ? (x.Paired + y.Paired, x.All + y.All) : null, a.RowsWithoutNumber + b.RowsWithoutNumber, a.Tokens + b.Tokens);
}

/// <summary>What one optimiser step did.</summary>
public sealed record ClassifierStep(int Step, double Epoch, ClassifierLosses Losses, double LearningRate, double HeadLearningRate);
