namespace AsFT.Experiments.Text.Templates;

/// <summary>A piece of a template that writes or does something.</summary>
internal abstract record Node;

internal sealed record TextNode(string Text) : Node;
internal sealed record OutputNode(Expression Value) : Node;
internal sealed record IfNode(IReadOnlyList<(Expression? Condition, IReadOnlyList<Node> Body)> Branches) : Node;
internal sealed record ForNode(IReadOnlyList<string> Targets, Expression Over, Expression? Filter, IReadOnlyList<Node> Body, IReadOnlyList<Node> Otherwise) : Node;
internal sealed record SetNode(string Name, string? Attribute, Expression Value) : Node;
internal sealed record SetBlockNode(string Name, IReadOnlyList<Node> Body) : Node;
internal sealed record LeaveNode(bool Continues) : Node;

/// <summary>A piece of a template that has a value.</summary>
internal abstract record Expression;

internal sealed record LiteralExpression(object? Value) : Expression;
internal sealed record NameExpression(string Name) : Expression;
internal sealed record ListExpression(IReadOnlyList<Expression> Entries) : Expression;
internal sealed record MapExpression(IReadOnlyList<(Expression Key, Expression Value)> Entries) : Expression;
internal sealed record AttributeExpression(Expression Of, string Name) : Expression;
internal sealed record IndexExpression(Expression Of, Expression Index) : Expression;
internal sealed record SliceExpression(Expression Of, Expression? From, Expression? To, Expression? Step) : Expression;
internal sealed record CallExpression(Expression Of, Arguments Arguments) : Expression;
internal sealed record FilterExpression(Expression Of, string Name, Arguments Arguments) : Expression;
internal sealed record TestExpression(Expression Of, string Name, Expression? Argument) : Expression;
internal sealed record UnaryExpression(string Operator, Expression Operand) : Expression;
internal sealed record BinaryExpression(string Operator, Expression Left, Expression Right) : Expression;
internal sealed record ConditionalExpression(Expression Value, Expression Condition, Expression? Otherwise) : Expression;

internal sealed record Arguments(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named);
