using System.Text.Json;
using AsFT.Experiments.Text;
using AsFT.Experiments.Text.Templates;

namespace AsFT.Experiments.Tests.Text;

public sealed class TemplateLanguageTests
{
    private sealed record Message(string Role, string Content);
    private sealed record Case(string Template, string Expected);

    private static MarkedText Run(string template, params (string Role, string Content)[] messages) => TemplateRendering.Run(TemplateParser.Parse(template), new Dictionary<string, object?>
    {
        ["messages"] = messages.Select(object? (m) => new TemplateMap([new("role", MarkedText.Template(m.Role)), new("content", MarkedText.Content(m.Content))])).ToList(),
        ["bos_token"] = MarkedText.Template("<s>"),
        ["eos_token"] = MarkedText.Template("</s>"),
        ["add_generation_prompt"] = true,
        ["tools"] = null,
    });

    private static string Fault(string template) => Assert.Throws<TemplateException>(() => Run(template, ("user", "hi"))).Message;

    [Fact]
    public void Run_TheWholeLanguage_IsAsJinjaHasIt()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Golden.At("jinja.json")));
        var messages = file.RootElement.GetProperty("messages").Deserialize<Message[]>(JsonSerializerOptions.Web)!.Select(m => (m.Role, m.Content)).ToArray();
        foreach (var c in file.RootElement.GetProperty("cases").Deserialize<Case[]>(JsonSerializerOptions.Web)!)
        {
            string actual;
            try { actual = Run(c.Template, messages).Text; }
            catch (TemplateException e) { actual = $"[{e.Message}]"; }
            Assert.True(c.Expected == actual, $"{c.Template}\nexpected {JsonSerializer.Serialize(c.Expected)}\nactual   {JsonSerializer.Serialize(actual)}");
        }
    }

    [Theory]
    [InlineData("{{ messages[0].content }}", "hi", false)]
    [InlineData("{{ '<b>' + messages[0].content[:1].upper() + '</b>' }}", "<b>H</b>", null)]
    [InlineData("{{ 'x'.join([messages[0].content, messages[0].content]) }}", "hixhi", null)]
    [InlineData("{{ 'a-b'.replace('-', messages[0].content) }}", "ahib", null)]
    [InlineData("{{ messages[0] | tojson }}", "{\"role\": \"user\", \"content\": \"hi\"}", false)]
    [InlineData("{{ messages[0].content.split('h')[1] }}", "i", false)]
    [InlineData("{{ messages[0].content | title | trim | string }}", "Hi", false)]
    [InlineData("{% set t %}{{ messages[0].content }}{% endset %}{{ t }}", "hi", false)]
    [InlineData("{{ messages[0].role }}", "user", true)]
    public void Run_WhatAPersonWrote_StaysMarkedThroughEveryOperation(string template, string text, bool? fromTemplate)
    {
        var rendered = Run(template, ("user", "hi"));
        Assert.Equal(text, rendered.Text);
        if (fromTemplate is { } all) Assert.Equal([new Segment(text, all)], rendered.Segments());
        else Assert.All(Enumerable.Range(0, text.Length), i => Assert.Equal("hHiI".Contains(text[i]), rendered.IsContent(i)));
    }

    [Theory]
    [InlineData("{{ ''.__class__ }}", "__class__")]
    [InlineData("{{ ''.__class__.__mro__[1].__subclasses__() }}", "__class__")]
    [InlineData("{{ messages.__init__ }}", "__init__")]
    [InlineData("{{ range.__globals__ }}", "__globals__")]
    [InlineData("{{ raise_exception.Method }}", "Method")]
    [InlineData("{{ messages[0].content.GetType() }}", "GetType")]
    [InlineData("{{ messages[0].content.format(messages) }}", "format")]
    [InlineData("{{ messages.append(1) }}", "append")]
    [InlineData("{{ messages[0].update({'a': 1}) }}", "update")]
    [InlineData("{{ cycler('a') }}", "cycler")]
    [InlineData("{{ messages | attr('__class__') }}", "attr")]
    [InlineData("{{ strftime_now('%Y') }}", "strftime_now")]
    [InlineData("{% macro f() %}{% endmacro %}", "macro")]
    [InlineData("{% include '/etc/passwd' %}", "include")]
    [InlineData("{% import 'os' as os %}", "import")]
    [InlineData("{% raw %}{% endraw %}", "raw")]
    [InlineData("{{ 2 ** 9 }}", "**")]
    [InlineData("{{ messages is sameas 1 }}", "sameas")]
    [InlineData("{{ messages }}", "a list")]
    [InlineData("{{ 'a' + 1 }}", "do not go together")]
    [InlineData("{{ '%s' % 1 }}", "do not go together")]
    [InlineData("{{ 1 // 0 }}", "zero")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "too large")]
    [InlineData("{{ x.y }}", "'x', which has no value")]
    [InlineData("{% if true %}", "ends before endif")]
    [InlineData("{{ 'abc }}", "does not end")]
    [InlineData("{{ 1 ", "does not end")]
    [InlineData("{# ", "does not end")]
    [InlineData("{{ }}", "a value was expected")]
    [InlineData("{% for x in %}{% endfor %}", "a value was expected")]
    [InlineData("{% endif %}", "endif")]
    [InlineData("{{ raise_exception('no system here') }}", "refuses this conversation: no system here")]
    public void Run_WhatIsNotRead_IsRefusedByName(string template, string named) => Assert.Contains(named, Fault(template), StringComparison.Ordinal);

    [Theory]
    [InlineData("{% for i in range(99999999999) %}x{% endfor %}", "counts over")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "entries")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}", "nested")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(40) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}", "")]
    [InlineData("{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(40) %}{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}", "steps")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(5000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s == [ns.s] }}", "operations")]
    [InlineData("{{ 'x' * 999999999999 }}", "characters")]
    [InlineData("{{ ('x' * 1000000) ~ 'y' }}", "characters")]
    [InlineData("{% for i in range(20) %}{{ 'x' * 100000 }}{% endfor %}", "characters")]
    [InlineData("{% set a = 'x' * 900000 %}{% for i in range(1000) %}{% set b = a.replace('x', 'y') %}{% endfor %}", "")]
    public void Run_WithoutEnd_IsStopped(string template, string named)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Contains(named, Fault(template), StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Parse_DeepOrLarge_IsRefused()
    {
        string Nest(string open, string close, int times) => string.Concat(Enumerable.Repeat(open, times)) + "1" + string.Concat(Enumerable.Repeat(close, times));
        Assert.Contains("nested", Fault($"{{{{ {Nest("(", ")", 10_000)} }}}}"), StringComparison.Ordinal);
        Assert.Contains("nested", Fault($"{{{{ {Nest("[", "]", 60)} }}}}"), StringComparison.Ordinal);
        Assert.Contains("nested", Fault($"{{{{ {Nest("not ", "", 10_000)} }}}}"), StringComparison.Ordinal);
        Assert.Contains("nested", Fault($"{{{{ {Nest("- ", "", 10_000)} }}}}"), StringComparison.Ordinal);
        Assert.Contains("nested", Fault($"{{{{ {Nest("1 if 1 else ", "", 4_000)} }}}}"), StringComparison.Ordinal);
        Assert.Contains("nested", Fault(Nest("{% if 1 %}", "{% endif %}", 1000)), StringComparison.Ordinal);
        Assert.Contains("operations", Fault($"{{{{ {Nest("1 + ", "", 10_000)} }}}}"), StringComparison.Ordinal);
        Assert.Contains("operations", Fault("{{ ''" + string.Concat(Enumerable.Repeat("|trim", 10_000)) + " }}"), StringComparison.Ordinal);
        Assert.Contains("larger than 64 KB", Fault(new('x', 64 * 1024 + 1)), StringComparison.Ordinal);
        Assert.Equal(64 * 1024, Run(new('x', 64 * 1024)).Length);
    }
}
