using AsFT.Experiments.Models;
using TorchSharp.Modules;

namespace AsFT.Training.Models;

/// <summary>Qwen 2 and 2.5 (Yang et al. 2024): Llama's layers with biases on queries, keys and values, which their projections take from the weights.</summary>
public sealed class Qwen2(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights) : Llama(config, weights);
