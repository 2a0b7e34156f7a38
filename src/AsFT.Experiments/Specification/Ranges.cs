using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace AsFT.Experiments.Specification;

/// <summary>Checks the numbers of a group against the ranges that stand at its settings.</summary>
internal static class Ranges
{
    /// <summary>A bound that is there to stop nonsense only, and not worth naming.</summary>
    private const double Open = 1e6;

    public static IEnumerable<Fault> Check(object group, string path)
    {
        foreach (var property in group.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<RangeAttribute>() is not { } range || property.GetValue(group) is not IConvertible value) continue;
            var (number, least, most) = (value.ToDouble(CultureInfo.InvariantCulture), Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
            if (number <= most && (range.MinimumIsExclusive ? number > least : number >= least)) continue;
            var fit = range.MinimumIsExclusive && most < Open ? $"more than {Number(least)} and at most {Number(most)}" : range.MinimumIsExclusive ? $"a number above {Number(least)}" : most >= Open ? $"{Number(least)} or more" : $"{Number(least)} to {Number(most)}";
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            yield return new(path.Length == 0 ? name : $"{path}.{name}", $"is {Number(number)}; take {fit}");
        }
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
