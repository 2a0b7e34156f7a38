using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AsFT.Experiments.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Safetensors in and out. Reading maps the file, so that a tensor is copied once: from the file to its device.</summary>
public static unsafe partial class SafetensorsFile
{
    private const long Piece = 32 << 20;

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F64"] = ScalarType.Float64, ["F32"] = ScalarType.Float32, ["F16"] = ScalarType.Float16, ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64, ["I32"] = ScalarType.Int32, ["I16"] = ScalarType.Int16, ["I8"] = ScalarType.Int8, ["U8"] = ScalarType.Byte, ["BOOL"] = ScalarType.Bool,
    };

    /// <summary>Reads the tensors that are wanted, in their own number format or in another, onto the device that each name is given.</summary>
    /// <exception cref="ModelException">the file is damaged</exception>
    public static Dictionary<string, Tensor> Read(string path, Func<string, bool>? wanted = null, Func<string, Device>? place = null, ScalarType? type = null)
    {
        var header = SafetensorsHeader.Read(path);
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        return header.Tensors.Where(t => wanted?.Invoke(t.Name) ?? true)
            .ToDictionary(t => t.Name, t => Copy(map, header.DataStart + t.Begin, t, place?.Invoke(t.Name) ?? CPU, type ?? Types[t.Dtype]));
    }

    /// <summary>Copies a file's tensors into weights that are there already.</summary>
    public static void ReadInto(string path, IReadOnlyDictionary<string, TorchSharp.Modules.Parameter> weights)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, tensor) in Read(path, weights.ContainsKey)) weights[name].copy_(tensor);
    }

    /// <summary>Writes tensors in the order of their names; the file appears when it is complete.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
        var header = new Dictionary<string, object> { ["__metadata__"] = metadata ?? new Dictionary<string, string> { ["format"] = "pt" } };
        long at = 0;
        foreach (var (name, value) in ordered)
        {
            header[name] = new { dtype = Types.First(t => t.Value == value.dtype).Key, value.shape, data_offsets = new[] { at, at += value.numel() * value.element_size() } };
        }
        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        Array.Resize(ref json, (json.Length + 7) / 8 * 8);
        json.AsSpan().Replace((byte)0, (byte)' ');

        var aside = path + ".tmp";
        using (var file = File.Create(aside))
        {
            file.Write(BitConverter.GetBytes((ulong)json.Length));
            file.Write(json);
            foreach (var (_, value) in ordered) Write(file, value);
            file.Flush(flushToDisk: true);
        }
        File.Move(aside, path, overwrite: true);
    }

    /// <summary>Piece by piece: a large embedding has more bytes than one array, and of a tensor on a GPU only a piece need be here.</summary>
    private static void Write(FileStream file, Tensor value)
    {
        using var scope = NewDisposeScope();
        var flat = value.detach().contiguous().view(-1);
        for (long at = 0, part; at < flat.numel(); at += part)
        {
            part = Math.Min(Piece / value.element_size(), flat.numel() - at);
            using var piece = flat.narrow(0, at, part).cpu();
            file.Write(piece.bytes);
        }
    }

    /// <summary>Piece by piece, so that beside the tensor itself only one piece of the file is in memory.</summary>
    private static Tensor Copy(MemoryMappedFile map, long begin, TensorEntry entry, Device device, ScalarType to)
    {
        var whole = empty([.. entry.Shape], dtype: to, device: device);
        using var flat = whole.view(-1);
        var (count, size) = (entry.Elements, entry.Elements == 0 ? 1 : (entry.End - entry.Begin) / entry.Elements);
        for (long at = 0, part; at < count; at += part)
        {
            part = Math.Min(Piece / size, count - at);
            using var view = map.CreateViewAccessor(begin + at * size, part * size, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            try
            {
                using var mapped = Map(start + view.PointerOffset, part, Types[entry.Dtype]);
                using var target = flat.narrow(0, at, part);
                target.copy_(mapped);
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
        return whole;
    }

    private static Tensor Map(byte* data, long count, ScalarType type)
    {
        InitializeDeviceType(DeviceType.CPU);
        var handle = THSTensor_new((nint)data, &Nothing, (nint)(&count), 1, (sbyte)type, (sbyte)type, (int)DeviceType.CPU, -1, 0);
        if (handle == 0) CheckForErrors();
        return Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>The mapping outlives the tensor made on it, so nothing is to be freed.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Nothing(nint data)
    {
    }

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_new(nint data, delegate* unmanaged[Cdecl]<nint, void> deleter, nint dimensions, int count, sbyte type, sbyte dtype, int deviceType, int deviceIndex, byte requiresGrad);
}
