using System.Globalization;

namespace AsFT.Experiments.Text.Templates;

/// <summary>Reads values that stand for themselves: texts, numbers, names, lists, mappings and what is in brackets.</summary>
internal sealed class ValueParser(TokenReader tokens, Func<Expression> expression)
{
    public Expression Read()
    {
        var token = tokens.Next;
        switch (token.Kind)
        {
            case TokenKind.String:
                var text = "";
                while (tokens.Next.Kind == TokenKind.String) text += tokens.Take().Text;
                return new LiteralExpression(MarkedText.Template(text));
            case TokenKind.Integer:
                tokens.Take();
                return long.TryParse(token.Text, CultureInfo.InvariantCulture, out var number) ? new LiteralExpression(number) : throw new TemplateException($"the chat template has the number {token.Text}, which is too large");
            case TokenKind.Float:
                tokens.Take();
                return new LiteralExpression(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Name: return Named(tokens.Take().Text);
            case TokenKind.Operator when token.Text is "(" or "[" or "{": return tokens.Nested(Bracketed);
            default: throw tokens.Unexpected("a value");
        }
    }

    private static Expression Named(string name) => name switch
    {
        "true" or "True" => new LiteralExpression(true),
        "false" or "False" => new LiteralExpression(false),
        "none" or "None" => new LiteralExpression(null),
        "not" or "and" or "or" or "in" or "is" or "if" or "else" => throw new TemplateException($"the chat template has '{name}' where a value was expected"),
        _ => new NameExpression(name),
    };

    private Expression Bracketed()
    {
        var open = tokens.Take().Text;
        if (open == "{") return Map();
        var close = open == "(" ? ")" : "]";
        var entries = new List<Expression>();
        var comma = false;
        while (!tokens.Accept(close))
        {
            if (entries.Count > 0 && !comma) throw tokens.Unexpected($"',' or '{close}'");
            entries.Add(expression());
            comma = tokens.Accept(",");
        }
        return open == "(" && entries.Count == 1 && !comma ? entries[0] : new ListExpression(entries);
    }

    private MapExpression Map()
    {
        var entries = new List<(Expression, Expression)>();
        while (!tokens.Accept("}"))
        {
            if (entries.Count > 0) tokens.Expect(",");
            if (tokens.Accept("}")) break;
            var key = expression();
            tokens.Expect(":");
            entries.Add((key, expression()));
        }
        return new(entries);
    }
}
