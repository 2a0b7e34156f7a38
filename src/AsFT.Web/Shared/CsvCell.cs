namespace AsFT.Web.Shared;

public static class CsvCell
{
    /// <summary>Quoted where needed, and kept from being read as a formula.</summary>
    public static string Of(string text)
    {
        if (text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal)) text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
