using System.Text;

namespace AsFT.Experiments.Datasets;

/// <summary>
/// Passes UTF-8 through, skips a byte order mark, refuses other encodings at the byte where they show, and refuses a
/// record that grows past a limit: the reader calls <see cref="RecordRead"/> after each record.
/// </summary>
internal sealed class Utf8Stream(Stream inner) : Stream
{
    public const int LongestRecord = 16 * 1024 * 1024;

    private readonly Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    private readonly char[] scratch = new char[16 * 1024 + 16];
    private long position;
    private long sinceRecord;
    private bool started;

    public void RecordRead() => sinceRecord = 0;

    public override int Read(Span<byte> buffer)
    {
        if (!started) SkipMark();
        var n = inner.Read(buffer[..Math.Min(buffer.Length, 16 * 1024)]);
        try
        {
            decoder.GetChars(buffer[..n], scratch, flush: n == 0);
        }
        catch (DecoderFallbackException e)
        {
            throw new DatasetException($"The file is not UTF-8: the byte 0x{e.BytesUnknown?.FirstOrDefault():X2} near position {position + Math.Max(0, e.Index)} does not fit. Save it as UTF-8 and upload it again.", e);
        }
        position += n;
        sinceRecord += n;
        if (sinceRecord > LongestRecord + buffer.Length)
            throw new DatasetException($"A row is longer than {LongestRecord >> 20} MB (near byte {position}). Rows are separated by line breaks, or by commas in a JSON array: check that they are.");
        return n;
    }

    private void SkipMark()
    {
        started = true;
        Span<byte> head = stackalloc byte[3];
        var n = inner.ReadAtLeast(head, 3, throwOnEndOfStream: false);
        var hasMark = n == 3 && head.SequenceEqual<byte>([0xEF, 0xBB, 0xBF]);
        inner.Position = position = hasMark ? 3 : 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => inner.Length;
    public override long Position { get => position; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
