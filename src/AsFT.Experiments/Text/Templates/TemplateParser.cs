namespace AsFT.Experiments.Text.Templates;

/// <summary>Reads the statements of a template. A statement that is not known is refused by its name.</summary>
internal sealed class TemplateParser
{
    private readonly TokenReader tokens;
    private readonly ExpressionParser expressions;
    private int loops;

    private TemplateParser(TokenReader tokens) => (this.tokens, expressions) = (tokens, new(tokens));

    public static IReadOnlyList<Node> Parse(string template)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(template) > TemplateLimits.TemplateBytes)
            throw new TemplateException($"the chat template is larger than {TemplateLimits.TemplateBytes / 1024} KB");
        var parser = new TemplateParser(new(TemplateLexer.Read(template)));
        var nodes = parser.Body();
        return parser.tokens.Next.Kind == TokenKind.End ? nodes : throw parser.tokens.Unexpected("another statement");
    }

    /// <summary>Up to the given words, which are left to the caller; the tag that holds them has begun.</summary>
    private List<Node> Body(params string[] ends)
    {
        var nodes = new List<Node>();
        while (true)
        {
            var token = tokens.Take();
            if (token.Kind == TokenKind.Text) nodes.Add(new TextNode(token.Text));
            else if (token.Kind == TokenKind.OutputBegin)
            {
                nodes.Add(new OutputNode(expressions.Read()));
                tokens.Expect(TokenKind.OutputEnd);
            }
            else if (token.Kind == TokenKind.End) return ends.Length == 0 ? nodes : throw new TemplateException($"the chat template ends before {ends[^1]}");
            else if (tokens.Next.Kind == TokenKind.Name && ends.Contains(tokens.Next.Text)) return nodes;
            else nodes.AddRange(tokens.Nested(Statement));
        }
    }

    private IReadOnlyList<Node> Statement()
    {
        var word = tokens.Name();
        switch (word)
        {
            case "if": return [If()];
            case "for": return [For()];
            case "set": return [Set()];
            case "generation": // marks what the model writes; it changes no text
                tokens.Expect(TokenKind.BlockEnd);
                var inner = Body("endgeneration");
                End("endgeneration");
                return inner;
            case "break" or "continue" when loops > 0:
                tokens.Expect(TokenKind.BlockEnd);
                return [new LeaveNode(word == "continue")];
            default: throw new TemplateException($"the chat template has the statement '{word}', which is not read here; if, for, set, break and continue are");
        }
    }

    private IfNode If()
    {
        var branches = new List<(Expression?, IReadOnlyList<Node>)>();
        Expression? condition = expressions.Read();
        while (true)
        {
            tokens.Expect(TokenKind.BlockEnd);
            branches.Add((condition, condition is null ? Body("endif") : Body("elif", "else", "endif")));
            var word = tokens.Name();
            if (word == "endif") break;
            condition = word == "elif" ? expressions.Read() : null;
        }
        tokens.Expect(TokenKind.BlockEnd);
        return new(branches);
    }

    private ForNode For()
    {
        var targets = new List<string> { tokens.Name() };
        while (tokens.Accept(",")) targets.Add(tokens.Name());
        if (!tokens.AcceptWord("in")) throw tokens.Unexpected("'in'");
        var over = expressions.ReadWithoutCondition();
        var filter = tokens.AcceptWord("if") ? expressions.Read() : null;
        if (tokens.IsWord("recursive")) throw new TemplateException("the chat template has a recursive loop, which is not read here");
        tokens.Expect(TokenKind.BlockEnd);
        loops++;
        var body = Body("else", "endfor");
        loops--;
        List<Node> otherwise = [];
        if (tokens.AcceptWord("else"))
        {
            tokens.Expect(TokenKind.BlockEnd);
            otherwise = Body("endfor");
        }
        End("endfor");
        return new(targets, over, filter, body, otherwise);
    }

    private Node Set()
    {
        var name = tokens.Name();
        var attribute = tokens.Accept(".") ? tokens.Name() : null;
        if (tokens.Accept("="))
        {
            var value = expressions.ReadTuple();
            tokens.Expect(TokenKind.BlockEnd);
            return new SetNode(name, attribute, value);
        }
        if (attribute is not null || tokens.Next.Kind != TokenKind.BlockEnd) throw tokens.Unexpected("'='");
        tokens.Expect(TokenKind.BlockEnd);
        var body = Body("endset");
        End("endset");
        return new SetBlockNode(name, body);
    }

    private void End(string word)
    {
        if (!tokens.AcceptWord(word)) throw tokens.Unexpected(word);
        tokens.Expect(TokenKind.BlockEnd);
    }
}
