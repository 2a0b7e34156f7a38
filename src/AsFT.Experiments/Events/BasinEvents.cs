namespace AsFT.Experiments.Events;

/// <summary>
/// The score of one moved model, f(α, β) = score(θ + α d₁ + β d₂). On a line Across is null and Beta 0; the origin is written as a point of the first line.
/// Example is what the model says there to the first harmful prompt.
/// </summary>
public sealed record LandscapePoint(int Step, string Along, double Alpha, string? Across, double Beta, IReadOnlyDictionary<string, double> Scores, string Example) : RunEvent;

/// <summary>What is known of a basin's directions before a point is measured.</summary>
public sealed record BasinFacts(IReadOnlyList<WalkFacts> Walks, IReadOnlyList<WalkAngle> Angles, IReadOnlyList<ModuleSpectrum> Spectra, RunPath? Path) : RunEvent;

/// <summary>One direction: how many of the model's weight matrices it moves, and ‖d‖/‖θ‖ over all matrices, as it is and with every matrix scaled to its weight's length.</summary>
public sealed record WalkFacts(string Direction, int Moved, int Matrices, double Length, double ScaledLength);

/// <summary>The cosine of two directions, over all matrices as they are and scaled, and matrix by matrix, which scaling does not change; a matrix that one of the two does not move has none.</summary>
public sealed record WalkAngle(string First, string Second, double Plain, double Scaled, IReadOnlyDictionary<string, double> Modules);

/// <summary>
/// The eigenvalues of Ĉ = VVᵀ/‖V‖_F of one linear layer, V = W_aligned − W_base: the largest ones, their sum, which is ‖V‖_F, and of all of them the share that is
/// below <see cref="Faint"/>; null where only the largest were computed. All is 0 where alignment did not change the layer.
/// </summary>
public sealed record ModuleSpectrum(string Module, double Sum, IReadOnlyList<double> Largest, double? FaintShare)
{
    /// <summary>An eigenvalue below the first lets hardly anything pass, so that AsFT is plain L2 there; above the second it penalises the direction itself more than what lies outside, since |1 − c| exceeds 1.</summary>
    public const double Faint = 0.1, Overshooting = 2;

    /// <summary>What a layer's largest eigenvalue says of AsFT's penalty there; nothing where it does what it is meant to.</summary>
    public static string Flag(double largest) => largest switch
    {
        0 => "V = 0: alignment did not change this layer, so AsFT leaves it out",
        < Faint => "faint everywhere: the penalty is nearly plain L2",
        > Overshooting => "the direction itself is penalised more than its complement",
        _ => "",
    };
}

/// <summary>The way of a run through the plane of a surface.</summary>
public sealed record RunPath(string Run, IReadOnlyList<PathPoint> Points);

/// <summary>A snapshot's place (α, β) by least squares, ‖ΔW‖ over all matrices, and the share of ‖ΔW‖² that lies in the plane.</summary>
public sealed record PathPoint(int Step, double Alpha, double Beta, double Length, double InPlane);
