using System.Globalization;
using System.Text;

namespace AsFT.Experiments.Text.Templates;

internal enum TokenKind { Text, OutputBegin, OutputEnd, BlockBegin, BlockEnd, Name, String, Integer, Float, Operator, End }

internal readonly record struct Token(TokenKind Kind, string Text);

/// <summary>
/// Cuts a template into text and tags. White space goes as with trim_blocks and lstrip_blocks, which chat templates are
/// written for: a tag that stands alone on its line leaves no trace, and a minus sign takes all white space on its side.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|"];

    private readonly string source;
    private readonly List<Token> tokens = [];
    private int at;

    private TemplateLexer(string source) => this.source = source;

    public static IReadOnlyList<Token> Read(string template)
    {
        var source = template.ReplaceLineEndings("\n");
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadAll();
        return lexer.tokens;
    }

    private void ReadAll()
    {
        var lineBegins = true;
        while (at < source.Length)
        {
            var open = NextTag();
            var text = source[at..open];
            if (open == source.Length)
            {
                AddText(text);
                break;
            }
            var (isOutput, isComment) = (source[open + 1] == '{', source[open + 1] == '#');
            var sign = open + 2 < source.Length ? source[open + 2] : ' ';
            AddText(sign == '-' ? text.TrimEnd() : isOutput || sign == '+' ? text : WithoutIndent(text, lineBegins));
            at = open + (sign is '-' or '+' ? 3 : 2);
            if (isComment) SkipComment();
            else ReadTag(isOutput);
            var after = at;
            SkipAfterTag(isOutput);
            lineBegins = at > after && source[at - 1] == '\n';
        }
        tokens.Add(new(TokenKind.End, ""));
    }

    private int NextTag()
    {
        for (var i = at; i < source.Length - 1; i++)
            if (source[i] == '{' && source[i + 1] is '{' or '%' or '#') return i;
        return source.Length;
    }

    /// <summary>Blanks between the beginning of the line and the tag go.</summary>
    private static string WithoutIndent(string text, bool lineBegins)
    {
        var line = text.LastIndexOf('\n') + 1;
        return (line > 0 || lineBegins) && string.IsNullOrWhiteSpace(text[line..]) ? text[..line] : text;
    }

    private void AddText(string text)
    {
        if (text.Length > 0) tokens.Add(new(TokenKind.Text, text));
    }

    private void SkipComment()
    {
        var end = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (end < 0) throw new TemplateException("the chat template has a comment {# that does not end");
        at = end > at && source[end - 1] is '-' or '+' ? end - 1 : end;
    }

    /// <summary>At the closing sign: past it, and past the white space that goes with it.</summary>
    private void SkipAfterTag(bool isOutput)
    {
        var sign = source[at];
        at += sign is '-' or '+' ? 3 : 2;
        if (sign == '-')
            while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
        else if (sign != '+' && !isOutput && at < source.Length && source[at] == '\n') at++;
    }

    private void ReadTag(bool isOutput)
    {
        tokens.Add(new(isOutput ? TokenKind.OutputBegin : TokenKind.BlockBegin, ""));
        var close = isOutput ? "}}" : "%}";
        var open = 0; // brackets, so that }} of a map within does not end the tag
        while (true)
        {
            while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
            if (at >= source.Length) throw new TemplateException($"the chat template has a tag that does not end with {close}");
            if (open == 0 && (Stands(close) || source[at] is '-' or '+' && Stands(close, 1))) break;
            var token = ReadToken();
            if (token is { Kind: TokenKind.Operator, Text: "{" or "[" or "(" }) open++;
            if (token is { Kind: TokenKind.Operator, Text: "}" or "]" or ")" }) open--;
            tokens.Add(token);
        }
        tokens.Add(new(isOutput ? TokenKind.OutputEnd : TokenKind.BlockEnd, ""));
    }

    private bool Stands(string text, int offset = 0) => string.CompareOrdinal(source, at + offset, text, 0, text.Length) == 0;

    private Token ReadToken()
    {
        var from = at;
        var c = source[at];
        if (c is '\'' or '"') return new(TokenKind.String, ReadString(c));
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (at < source.Length && (char.IsAsciiLetterOrDigit(source[at]) || source[at] == '_')) at++;
            return new(TokenKind.Name, source[from..at]);
        }
        if (char.IsAsciiDigit(c))
        {
            while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
            if (at + 1 >= source.Length || source[at] != '.' || !char.IsAsciiDigit(source[at + 1])) return new(TokenKind.Integer, source[from..at]);
            at++;
            while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
            return new(TokenKind.Float, source[from..at]);
        }
        var found = Operators.FirstOrDefault(o => Stands(o)) ?? throw new TemplateException($"the chat template has the sign '{c}' within a tag, which is not read here");
        at += found.Length;
        return new(TokenKind.Operator, found);
    }

    private string ReadString(char quote)
    {
        var text = new StringBuilder();
        for (at++; at < source.Length && source[at] != quote; at++)
        {
            if (source[at] != '\\' || at + 1 >= source.Length) text.Append(source[at]);
            else AddEscape(text, source[++at]);
        }
        if (at++ >= source.Length) throw new TemplateException("the chat template has a text in quotes that does not end");
        return text.ToString();
    }

    private void AddEscape(StringBuilder text, char c)
    {
        if (c is 'x' or 'u')
        {
            var digits = c == 'x' ? 2 : 4;
            if (at + digits >= source.Length || !ushort.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                throw new TemplateException($"the chat template has \\{c} without {digits} hexadecimal digits");
            text.Append((char)code);
            at += digits;
        }
        else if (c == '\n') return;
        else if ("ntr\\'\"".Contains(c, StringComparison.Ordinal)) text.Append(c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => c });
        else if (char.IsAsciiLetterOrDigit(c)) throw new TemplateException($"the chat template has the escape \\{c}, which is not read here");
        else text.Append('\\').Append(c);
    }
}
