namespace AsFT.Trainer;

/// <summary>A run of any task.</summary>
internal interface IRun
{
    int Step { get; }

    /// <summary>False if it was asked to stop before the end.</summary>
    bool Execute();
}
