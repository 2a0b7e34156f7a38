namespace AsFT.Experiments.Text.Templates;

/// <summary>
/// Reads expressions. From loosest to tightest: a if b else c; or; and; not; comparisons; + and -; ~; *, /, //, %; signs;
/// then what follows a value: .name, [index], (call), |filter, is test.
/// </summary>
internal sealed class ExpressionParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private readonly TokenReader tokens;
    private readonly ValueParser values;

    public ExpressionParser(TokenReader tokens) => (this.tokens, values) = (tokens, new(tokens, Read));

    public Expression Read() => tokens.Nested(() =>
    {
        var value = Or();
        while (tokens.AcceptWord("if"))
        {
            var condition = Or();
            value = new ConditionalExpression(value, condition, tokens.AcceptWord("else") ? Read() : null);
        }
        return value;
    });

    /// <summary>What a loop goes over: an 'if' after it chooses entries.</summary>
    public Expression ReadWithoutCondition() => Or();

    /// <summary>One value, or several with commas between, which are a list.</summary>
    public Expression ReadTuple()
    {
        var first = Read();
        if (!tokens.Is(",")) return first;
        var entries = new List<Expression> { first };
        while (tokens.Accept(",")) entries.Add(Read());
        return new ListExpression(entries);
    }

    private Expression Or()
    {
        var left = And();
        while (tokens.AcceptWord("or")) left = new BinaryExpression("or", left, And());
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (tokens.AcceptWord("and")) left = new BinaryExpression("and", left, Not());
        return left;
    }

    private Expression Not()
    {
        if (!tokens.IsTwoWords("not", "in") && tokens.AcceptWord("not")) return tokens.Nested(() => new UnaryExpression("not", Not()));
        var left = Sum();
        Expression? all = null; // a < b < c is a < b and b < c
        while (Comparison() is { } op)
        {
            var right = Sum();
            Expression one = new BinaryExpression(op, left, right);
            all = all is null ? one : new BinaryExpression("and", all, one);
            left = right;
        }
        return all ?? left;
    }

    private string? Comparison()
    {
        if (tokens.Next.Kind == TokenKind.Operator && Comparisons.Contains(tokens.Next.Text)) return tokens.Take().Text;
        if (tokens.AcceptWord("in")) return "in";
        if (!tokens.IsTwoWords("not", "in")) return null;
        tokens.Take();
        tokens.Take();
        return "not in";
    }

    private Expression Sum() => Chain(Concatenation, "+", "-");

    private Expression Concatenation() => Chain(Product, "~");

    private Expression Product() => Chain(Unary, "*", "/", "//", "%");

    private Expression Chain(Func<Expression> operand, params string[] operators)
    {
        var left = operand();
        while (tokens.Next.Kind == TokenKind.Operator && operators.Contains(tokens.Next.Text)) left = new BinaryExpression(tokens.Take().Text, left, operand());
        return left;
    }

    private Expression Unary()
    {
        if (tokens.Is("-") || tokens.Is("+")) return tokens.Nested(() => new UnaryExpression(tokens.Take().Text, Unary()));
        if (tokens.Is("**")) throw new TemplateException("the chat template has the operator '**', which is not read here");
        return Following(values.Read());
    }

    private Expression Following(Expression value)
    {
        while (true)
        {
            if (tokens.Accept(".")) value = new AttributeExpression(value, tokens.Name());
            else if (tokens.Is("[")) value = tokens.Nested(() => Subscript(value));
            else if (tokens.Is("(")) value = new CallExpression(value, tokens.Nested(ReadArguments));
            else if (tokens.Accept("|")) value = new FilterExpression(value, tokens.Name(), tokens.Is("(") ? tokens.Nested(ReadArguments) : new([], []));
            else if (tokens.AcceptWord("is")) value = Test(value);
            else return value;
        }
    }

    private Expression Test(Expression value)
    {
        var negated = tokens.AcceptWord("not");
        var name = tokens.Name();
        Expression? argument = null;
        if (tokens.Is("(")) argument = tokens.Nested(ReadArguments) is { Positional: [var one], Named: [] } ? one : throw new TemplateException($"the chat template gives the test '{name}' other than one value");
        else if (tokens.Next.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || tokens.Is("[") || name is "in" or "divisibleby" or "equalto" or "eq" or "sameas") argument = values.Read();
        Expression test = new TestExpression(value, name, argument);
        return negated ? new UnaryExpression("not", test) : test;
    }

    private Expression Subscript(Expression value)
    {
        tokens.Take();
        var from = tokens.Is(":") ? null : Read();
        if (!tokens.Accept(":"))
        {
            tokens.Expect("]");
            return new IndexExpression(value, from!);
        }
        var to = tokens.Is(":") || tokens.Is("]") ? null : Read();
        var step = tokens.Accept(":") && !tokens.Is("]") ? Read() : null;
        tokens.Expect("]");
        return new SliceExpression(value, from, to, step);
    }

    private Arguments ReadArguments()
    {
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        tokens.Take();
        while (!tokens.Accept(")"))
        {
            if (positional.Count + named.Count > 0) tokens.Expect(",");
            if (tokens.Accept(")")) break;
            if (tokens.IsNamed)
            {
                var name = tokens.Name();
                tokens.Take();
                named.Add((name, Read()));
            }
            else if (named.Count > 0) throw new TemplateException("the chat template gives a value without a name after one with a name");
            else positional.Add(Read());
        }
        return new(positional, named);
    }
}
