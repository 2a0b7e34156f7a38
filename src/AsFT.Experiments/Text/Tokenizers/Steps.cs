namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>Where a stretch of text stands, which decides whether a tokenizer that begins text with a space does so here.</summary>
internal enum Place { Start, AfterToken, Continues }

/// <summary>Rewrites text before it is cut.</summary>
internal delegate string Normalizer(string text, Place place);

/// <summary>Cuts text into words.</summary>
internal delegate IEnumerable<string> WordCutter(string text, Place place);

/// <summary>Turns the texts of tokens into what they read.</summary>
internal delegate IReadOnlyList<string> Decoder(IReadOnlyList<string> tokens);
