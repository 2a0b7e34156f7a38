using System.Collections.Concurrent;
using AsFT.Experiments.Datasets;
using AsFT.Web.Shared;

namespace AsFT.Web.Datasets;

public enum UploadState { Receiving, Reading, Done, Refused }

/// <summary>What a browser asks about while it waits.</summary>
public sealed record UploadStatus(Guid Id, string Name, long Size, long Received, long Read, UploadState State, string? Problem, Guid? DatasetId, bool Duplicate);

/// <summary>A file that arrives in pieces, and is then read as a dataset.</summary>
public sealed class Uploads(DatasetLibrary library, AppPaths paths, IConfiguration configuration, ILogger<Uploads> logger)
{
    private readonly ConcurrentDictionary<Guid, Upload> open = [];

    /// <exception cref="DatasetException">too large, no room, or of no format that is read</exception>
    public UploadStatus Begin(string? name, long size)
    {
        var limit = configuration.GetValue("Uploads:LargestBytes", 10L << 30);
        if (size <= 0) throw new DatasetException("The file is empty.");
        if (size > limit) throw new DatasetException($"The file has {size:N0} bytes; at most {limit:N0} are taken (setting Uploads:LargestBytes).");
        RemoveLeftovers();
        var asked = size + open.Values.Where(u => u.State == UploadState.Receiving).Sum(u => u.Size - u.Received);
        if (new DriveInfo(paths.Uploads).AvailableFreeSpace < 3 * asked) throw new DatasetException($"There is no room: the file and the rows read from it need up to {3 * asked:N0} bytes{(asked > size ? ", with those that are arriving" : "")}.");
        var clean = DatasetLibrary.CleanName(name);
        if (!RecordReader.Extensions.Contains(Path.GetExtension(clean).ToLowerInvariant()))
            throw new DatasetException($"Files ending in '{Path.GetExtension(clean)}' are not read. Upload a JSON array, JSONL, CSV, TSV or Parquet file ({string.Join(", ", RecordReader.Extensions)}).");
        var upload = new Upload(Guid.NewGuid(), clean, size);
        File.Create(PathOf(upload.Id)).Dispose();
        open[upload.Id] = upload;
        return upload.Status;
    }

    public UploadStatus? Find(Guid id) => open.GetValueOrDefault(id)?.Status;

    /// <summary>Appends a piece. One that begins elsewhere than the file ends is not taken: the status says where to go on.</summary>
    public async Task<UploadStatus?> AppendAsync(Guid id, long offset, Stream body, CancellationToken cancel)
    {
        if (!open.TryGetValue(id, out var upload)) return null;
        if (!await upload.Gate.WaitAsync(0, cancel)) return upload.Status;
        try
        {
            if (offset != upload.Received || upload.State != UploadState.Receiving) return upload.Status;
            await using var file = new FileStream(PathOf(id), FileMode.Open, FileAccess.Write) { Position = offset };
            var buffer = new byte[128 * 1024];
            for (int n; (n = await body.ReadAsync(buffer, cancel)) > 0 && upload.Received + n <= upload.Size; upload.Received += n)
                await file.WriteAsync(buffer.AsMemory(0, n), cancel);
        }
        finally
        {
            upload.Gate.Release();
        }
        if (upload.Received == upload.Size) upload.Reading = Task.Run(() => ReadAsync(upload), CancellationToken.None);
        return upload.Status;
    }

    /// <summary>For a whole file in one request.</summary>
    public async Task<UploadStatus> WholeAsync(string name, long size, Stream body, CancellationToken cancel)
    {
        var upload = open[Begin(name, size).Id];
        await AppendAsync(upload.Id, 0, body, cancel);
        if (upload.Reading is null) throw new DatasetException($"{upload.Received:N0} of {size:N0} bytes arrived. Send the file again.");
        await upload.Reading;
        return upload.Status;
    }

    private async Task ReadAsync(Upload upload)
    {
        upload.State = UploadState.Reading;
        try
        {
            var stored = await library.ImportAsync(PathOf(upload.Id), upload.Name, new Progress<long>(read => upload.Read = read));
            (upload.DatasetId, upload.Duplicate, upload.State) = (stored.Dataset.Id, stored.Duplicate, UploadState.Done);
        }
        catch (DatasetException e)
        {
            (upload.Problem, upload.State) = (e.Message, UploadState.Refused);
        }
        catch (Exception e) // whatever it is, the browser must not wait for ever
        {
            logger.LogError(e, "The upload {Name} could not be stored", upload.Name);
            var cause = e is IOException ? "the disk says: " + e.Message.Split('\'')[0].TrimEnd() : "an error of this program, which stands in its log";
            (upload.Problem, upload.State) = ($"The file could not be stored ({cause}). Nothing of it was kept; try again.", UploadState.Refused);
        }
        finally
        {
            File.Delete(PathOf(upload.Id));
        }
    }

    /// <summary>Pieces of files, and what trials wrote, that were left behind: nobody goes on with them after a day.</summary>
    public void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(paths.Uploads).Where(f => DateTime.UtcNow - Directory.GetLastWriteTimeUtc(f) > TimeSpan.FromDays(1))) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(paths.Uploads).Where(f => DateTime.UtcNow - File.GetLastWriteTimeUtc(f) > TimeSpan.FromDays(1))) File.Delete(file);
        foreach (var gone in open.Values.Where(u => u.State == UploadState.Receiving && !File.Exists(PathOf(u.Id)))) open.TryRemove(gone.Id, out _);
    }

    private string PathOf(Guid id) => Path.Combine(paths.Uploads, id.ToString("N"));

    private sealed class Upload(Guid id, string name, long size)
    {
        public Guid Id => id;
        public string Name => name;
        public long Size => size;
        public SemaphoreSlim Gate { get; } = new(1);
        public long Received { get; set; }
        public long Read { get; set; }
        public UploadState State { get; set; }
        public string? Problem { get; set; }
        public Guid? DatasetId { get; set; }
        public bool Duplicate { get; set; }
        public Task? Reading { get; set; }
        public UploadStatus Status => new(id, name, size, Received, Read, State, Problem, DatasetId, Duplicate);
    }
}
