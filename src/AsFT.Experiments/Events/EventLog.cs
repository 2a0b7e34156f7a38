using System.Text;
using System.Text.Json;

namespace AsFT.Experiments.Events;

/// <summary>
/// The append-only file events.jsonl. Opening it cuts off a last line that a crash left incomplete, and tells how far
/// each kind of event got, so that a resumed run, which computes the same steps again, does not write them twice.
/// </summary>
public sealed class EventLog : IDisposable
{
    private readonly FileStream file;
    private readonly TextWriter? echo;
    private readonly HashSet<(Type, int, string)> written = [];
    private readonly Lock gate = new();
    private long seq;

    /// <param name="path">the file; made if missing</param>
    /// <param name="echo">a second place for each line, flushed line by line</param>
    public EventLog(string path, TextWriter? echo = null)
    {
        this.echo = echo;
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        foreach (var e in ReadWhole())
        {
            seq = e.Seq;
            if (Key(e) is { } key) written.Add(key);
        }
        file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Writes the event with the next number, unless it is a step that stands in the file already.</summary>
    public void Write(RunEvent e)
    {
        lock (gate)
        {
            if (Key(e) is { } key && !written.Add(key)) return;
            var line = (e with { Seq = ++seq, Time = DateTimeOffset.UtcNow }).ToLine();
            try
            {
                file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            finally
            {
                echo?.WriteLine(line); // also when the disk is full: the cause still reaches the supervisor
                echo?.Flush();
            }
        }
    }

    /// <summary>The complete lines of the file after line <paramref name="after"/>; none if it is missing.</summary>
    public static IEnumerable<RunEvent> Read(string path, long after = 0)
    {
        if (!File.Exists(path)) yield break;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            RunEvent e;
            try
            {
                e = RunEvent.Parse(line);
            }
            catch (JsonException)
            {
                yield break; // the last line, while it is being written
            }
            if (e.Seq > after) yield return e;
        }
    }

    /// <summary>The whole lines that follow a place in the file, up to one that is no event, and the place after them; from the beginning where the file is shorter than that.</summary>
    public static (IReadOnlyList<RunEvent> Events, long End) ReadOn(string path, long from)
    {
        if (!File.Exists(path)) return ([], 0);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = from = from <= stream.Length ? from : 0;
        var bytes = new byte[stream.Length - from];
        var text = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var events = new List<RunEvent>();
        for (int length; (length = text.IndexOf((byte)'\n')) >= 0; text = text[(length + 1)..], from += length + 1)
            try
            {
                events.Add(RunEvent.Parse(Encoding.UTF8.GetString(text[..length])));
            }
            catch (JsonException)
            {
                break; // a full disk took a part of it
            }
        return (events, from);
    }

    public void Dispose() => file.Dispose();

    private List<RunEvent> ReadWhole()
    {
        var events = new List<RunEvent>();
        long whole = 0;
        using var reader = new StreamReader(file, leaveOpen: true);
        var lines = reader.ReadToEnd().Split('\n');
        foreach (var line in lines[..^1]) // what follows the last line feed is incomplete
        {
            events.Add(RunEvent.Parse(line));
            whole += Encoding.UTF8.GetByteCount(line) + 1;
        }
        file.SetLength(whole);
        return events;
    }

    private static (Type, int, string)? Key(RunEvent e) => e switch
    {
        Metrics m => (typeof(Metrics), m.Step, ""),
        Evaluation v => (typeof(Evaluation), v.Step, v.Values.Keys.FirstOrDefault()?.Split('/')[0] ?? ""), // a classifier's last step is scored on dev and on test
        LabelReport l => (typeof(LabelReport), l.Step, l.Set),
        Directions d => (typeof(Directions), d.Step, ""),
        BasinFacts => (typeof(BasinFacts), 0, ""),
        LandscapePoint p => (typeof(LandscapePoint), p.Step, ""),
        Sample s => (typeof(Sample), s.Step, s.Set + s.Prompt),
        _ => null,
    };
}
