using AsFT.Data;
using AsFT.Experiments.Models;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Models;

/// <summary>A directory below a configured root: what it holds, or why it cannot be used.</summary>
public sealed record ModelCandidate(string Directory, ModelFacts? Facts, string? Problem);

/// <summary>The registered models. Only directories below Models:Roots, and the shipped ones, can be registered.</summary>
public sealed class ModelRegistry(IDbContextFactory<AppDbContext> contexts, AppPaths paths, IConfiguration configuration)
{
    /// <summary>The folders that the setting names.</summary>
    public IReadOnlyList<string> NamedRoots => configuration.GetSection("Models:Roots").Get<string[]>() ?? [];

    public IReadOnlyList<string> Roots => [.. NamedRoots, Path.Combine(paths.Lab, "models"), paths.Judges];

    public async Task<IReadOnlyList<Model>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Models.AsNoTracking().Include(m => m.Base).OrderBy(m => m.Name).ToListAsync();
    }

    public async Task<Model?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Models.AsNoTracking().Include(m => m.Base).SingleOrDefaultAsync(m => m.Id == id);
    }

    /// <summary>Every directory below the roots that looks like a model, at most two levels down, and is not registered yet.</summary>
    public async Task<IReadOnlyList<ModelCandidate>> CandidatesAsync()
    {
        var known = (await ListAsync()).Select(m => m.Directory).ToHashSet();
        return [.. Roots.Where(Directory.Exists).SelectMany(Below).Where(d => !known.Contains(d)).Take(200).Select(Look)];
    }

    /// <exception cref="ModelException">the directory cannot be used as a model, or the name is taken</exception>
    public async Task<Model> RegisterAsync(string directory, string name, CancellationToken cancel = default)
    {
        var full = Inside(directory);
        var facts = ModelDirectory.Inspect(full);
        name = name.Trim();
        await CheckNameAsync(name, cancel);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Models.AnyAsync(m => m.Directory == full, cancel)) throw new ModelException("this directory is registered already");
        var model = new Model
        {
            Name = name, Directory = full, Architecture = facts.Architecture, Parameters = facts.Parameters,
            Dtype = facts.Dtype, Tokenizer = facts.Tokenizer, Sha256 = await WeightHash.OfAsync(full, cancel),
        };
        db.Models.Add(model);
        await db.SaveChangesAsync(cancel);
        return model;
    }

    /// <exception cref="ModelException">no name, or one that is taken</exception>
    public async Task CheckNameAsync(string name, CancellationToken cancel = default)
    {
        if (name.Trim().Length is 0 or > 200 || name.Any(char.IsControl)) throw new ModelException("give the model a name of 1 to 200 characters");
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Models.AnyAsync(m => m.Name == name.Trim(), cancel)) throw new ModelException($"there is a model named '{name}' already; choose another name");
    }

    public async Task SetBaseAsync(Guid id, Guid? baseId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (id == baseId) throw new ModelException("a model is not its own unaligned partner");
        if (!await db.Models.AnyAsync(m => m.Id == id) || baseId is not null && !await db.Models.AnyAsync(m => m.Id == baseId)) throw new ModelException("there is no such model (any more)");
        await db.Models.Where(m => m.Id == id).ExecuteUpdateAsync(u => u.SetProperty(m => m.BaseId, baseId));
    }

    /// <summary>Forgets the model. Its files stay where they are, but for a judge: they were made here for it alone.</summary>
    /// <returns>false if there is none</returns>
    public async Task<bool> RemoveAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Models.FindAsync(id) is not { } model) return false;
        await db.Models.Where(m => m.Id == id).ExecuteDeleteAsync();
        if (IsJudge(model) && Directory.Exists(model.Directory)) Directory.Delete(model.Directory, recursive: true);
        return true;
    }

    /// <summary>Whether the site made it, from a run's classifier.</summary>
    public bool IsJudge(Model model) => Path.GetDirectoryName(model.Directory) == paths.Judges;

    private string Inside(string directory)
    {
        if (directory.Length == 0 || directory.Contains('\0')) throw new ModelException("name a directory below one of the roots in the setting Models:Roots");
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var real = !Directory.Exists(full) ? full : new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        return Roots.Any(root => full.StartsWith(WithSeparator(root), StringComparison.Ordinal) && real.StartsWith(WithSeparator(root), StringComparison.Ordinal)) ? full
            : throw new ModelException("the directory does not lie below one of the roots in the setting Models:Roots");
    }

    private static string WithSeparator(string root) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) + Path.DirectorySeparatorChar;

    private static IEnumerable<string> Below(string root) => Directory
        .EnumerateDirectories(Path.GetFullPath(root), "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Where(d => Directory.EnumerateFiles(d).Any(f => Path.GetExtension(f) is ".safetensors" or ".bin" or ".pt" or ".pth" || Path.GetFileName(f) == "config.json"));

    private static ModelCandidate Look(string directory)
    {
        try
        {
            return new(directory, ModelDirectory.Inspect(directory), null);
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            return new(directory, null, e.Message);
        }
    }
}
