namespace AsFT.Experiments.Text.Templates;

/// <summary>Walks along the tokens of a template, and counts how deep things are nested.</summary>
internal sealed class TokenReader(IReadOnlyList<Token> tokens)
{
    private int at, depth;

    public Token Next => tokens[at];

    public Token Take() => tokens[at].Kind == TokenKind.End ? Next : tokens[at++];

    public bool Is(string op) => Next.Kind == TokenKind.Operator && Next.Text == op;

    public bool IsWord(string word) => Next.Kind == TokenKind.Name && Next.Text == word;

    public bool IsTwoWords(string first, string second) => IsWord(first) && tokens[at + 1] is { Kind: TokenKind.Name } next && next.Text == second;

    /// <summary>Whether a name stands here with = after it, as in join(sep='').</summary>
    public bool IsNamed => Next.Kind == TokenKind.Name && tokens[at + 1] is { Kind: TokenKind.Operator, Text: "=" };

    public bool Accept(string op)
    {
        if (!Is(op)) return false;
        at++;
        return true;
    }

    public bool AcceptWord(string word)
    {
        if (!IsWord(word)) return false;
        at++;
        return true;
    }

    public void Expect(string op)
    {
        if (!Accept(op)) throw Unexpected($"'{op}'");
    }

    public void Expect(TokenKind kind)
    {
        if (Next.Kind != kind) throw Unexpected(kind == TokenKind.BlockEnd ? "%}" : "}}");
        at++;
    }

    public string Name() => Next.Kind == TokenKind.Name ? Take().Text : throw Unexpected("a name");

    public T Nested<T>(Func<T> read)
    {
        if (++depth > TemplateLimits.Nesting) throw new TemplateException($"the chat template is nested more than {TemplateLimits.Nesting} deep");
        var result = read();
        depth--;
        return result;
    }

    public TemplateException Unexpected(string wanted) => new($"the chat template has {Show(Next)} where {wanted} was expected");

    private static string Show(Token token) => token.Kind switch
    {
        TokenKind.End => "its end",
        TokenKind.BlockEnd => "%}",
        TokenKind.OutputEnd => "}}",
        _ => $"'{token.Text}'",
    };
}
