using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Basin;

/// <summary>
/// A model that is moved through the space of its weight matrices: W_m(α, β) = θ_m + α d₁,m ‖θ_m‖_F/‖d₁,m‖_F + β d₂,m ‖θ_m‖_F/‖d₂,m‖_F. Each place is computed from the kept
/// θ, so no rounding adds up on the way. Beside the model and θ only the directions of the last place are held, in the model's number format.
/// </summary>
public sealed class Surroundings : IDisposable
{
    private readonly Dictionary<string, Tensor> origin;
    private readonly Dictionary<WalkDirection, Dictionary<string, Tensor>> held = [];
    private readonly IReadOnlyList<Walk> walks;

    public Surroundings(Decoder model, IReadOnlyList<Walk> walks)
    {
        (Model, this.walks) = (model, walks);
        origin = Matrices(model).ToDictionary(m => m.Name, m => m.Weight.detach().clone().DetachFromDisposeScope());
    }

    public Decoder Model { get; }

    /// <summary>θ, the matrices as they were, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Origin => origin;

    public static IEnumerable<(string Name, Parameter Weight)> Matrices(Decoder model) => model.Weights.Where(w => w.Value.dim() == 2).OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => (w.Key, w.Value));

    /// <summary>‖θ_m‖_F/‖d_m‖_F; 0 where d_m is zero and stays so.</summary>
    public static double Scale(Tensor weight, Tensor part)
    {
        using var scope = NewDisposeScope();
        var length = Norm(part);
        return length == 0 ? 0 : Norm(weight) / length;
    }

    /// <summary>The Frobenius norm, summed in float64.</summary>
    internal static double Norm(Tensor x) => Math.Sqrt(Inner(x, x));

    /// <summary>⟨x, y⟩ over all elements, summed in float64.</summary>
    internal static double Inner(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        return (x.to(ScalarType.Float64) * y.to(ScalarType.Float64)).sum().ToDouble();
    }

    /// <summary>Goes to a place from θ.</summary>
    public void MoveTo(IReadOnlyList<(WalkDirection Direction, double Distance)> steps)
    {
        foreach (var gone in held.Keys.Except(steps.Select(s => s.Direction)).ToList()) Release(gone);
        var parts = steps.Select(s => (Parts: Held(s.Direction), s.Distance)).ToList();
        using var frozen = no_grad();
        foreach (var (name, weight) in Matrices(Model))
        {
            using var scope = NewDisposeScope();
            var moved = origin[name].to(ScalarType.Float32);
            foreach (var (direction, distance) in parts)
                if (direction.TryGetValue(name, out var part)) moved = moved + part.to(ScalarType.Float32) * distance;
            weight.copy_(moved);
        }
    }

    private Dictionary<string, Tensor> Held(WalkDirection direction)
    {
        if (held.TryGetValue(direction, out var ready)) return ready;
        var walk = walks.Single(w => w.Direction == direction);
        var parts = held[direction] = [];
        foreach (var (name, weight) in origin)
        {
            using var scope = NewDisposeScope();
            if (walk.Part(name, weight) is { } part) parts[name] = (part * Scale(weight, part)).to(Model.Type).DetachFromDisposeScope();
        }
        return parts;
    }

    private void Release(WalkDirection direction)
    {
        foreach (var part in held[direction].Values) part.Dispose();
        held.Remove(direction);
    }

    public void Dispose()
    {
        foreach (var direction in held.Keys.ToList()) Release(direction);
        foreach (var weight in origin.Values) weight.Dispose();
    }
}
