using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;

namespace AsFT.Web.Lab.Tournaments;

/// <summary>A tournament while it is being written: its text, and what that reads as. What is ticked changes the text, so the text alone counts.</summary>
public sealed class TournamentDraft
{
    private const int FirstSeeds = 3, FirstSelection = 2;

    /// <summary>Who is ticked at first: plain fine-tuning, the control that pulls back in every direction alike, and AsFT.</summary>
    private static readonly string[] First = ["SFT", "L2 control", "AsFT"];

    private readonly TournamentRequest offer;
    private readonly List<TournamentVariant> worlds;

    public TournamentDraft(TournamentRequest offer, IReadOnlyCollection<string> models, TournamentRequest? start = null)
    {
        this.offer = offer;
        worlds = [.. offer.Worlds.Where(w => w.Settings.All(s => !s.Key.StartsWith("model.", StringComparison.Ordinal) || models.Contains(s.Value?.ToString() ?? "")))];
        Missing = [.. offer.Worlds.Except(worlds)];
        Write(start ?? offer with { Name = FormattableString.Invariant($"tournament of {DateTime.UtcNow:yyyy-MM-dd HH:mm}"), Methods = [.. offer.Methods.Where(m => First.Contains(m.Name))], Worlds = [.. worlds.Take(1)], Poison = [offer.Poison[0]], Seeds = FirstSeeds, SelectionSeeds = FirstSelection });
    }

    public string Text { get; private set; } = "";

    /// <summary>Null while the text is at fault.</summary>
    public TournamentRequest? Request { get; private set; }
    public IReadOnlyList<Fault> Faults { get; private set; } = [];

    /// <summary>What only the queue can see, such as a dataset that is not there; it may be there at the next try.</summary>
    public IReadOnlyList<Fault> Refusals { get; private set; } = [];

    /// <summary>What can be ticked: what the lab's own tournament holds, and what the text holds beside it.</summary>
    public IReadOnlyList<TournamentMethod> Methods => Offered(offer.Methods, Request?.Methods, m => m.Name);
    public IReadOnlyList<TournamentVariant> Worlds => Offered(worlds, Request?.Worlds, w => w.Name);
    public IReadOnlyList<TournamentVariant> Poison => Offered(offer.Poison, Request?.Poison, p => p.Name);

    /// <summary>Worlds of the lab's own tournament whose models are not registered here.</summary>
    public IReadOnlyList<TournamentVariant> Missing { get; }

    /// <summary>How many runs it makes.</summary>
    public int Runs => Request is null || Faults.Count > 0 ? 0 : new TournamentPlan(Request, []).Total;

    public void Read(string text)
    {
        (Text, Refusals) = (text, []);
        try
        {
            Request = TournamentRequest.Parse(text);
            Faults = TournamentRules.Check(Request);
        }
        catch (SpecificationException e)
        {
            (Request, Faults) = (null, e.Faults);
        }
    }

    public void Write(TournamentRequest request) => Read(request.ToYaml());

    public void Tick(TournamentMethod method, bool on) => Write(Request! with { Methods = Ticked(Request.Methods, Methods, method, m => m.Name, on) });

    public void Tick(TournamentVariant world, bool on) => Write(Request! with { Worlds = Ticked(Request.Worlds, Worlds, world, w => w.Name, on) });

    public void TickPoison(TournamentVariant poison, bool on) => Write(Request! with { Poison = Ticked(Request.Poison, Poison, poison, p => p.Name, on) });

    public void Refuse(IReadOnlyList<Fault> faults) => Refusals = faults;

    /// <summary>What the text holds comes before what is offered under the same name.</summary>
    private static List<T> Offered<T>(IReadOnlyList<T> offered, IReadOnlyList<T>? held, Func<T, string> name) where T : class =>
        [.. offered.Select(o => held?.FirstOrDefault(h => name(h) == name(o)) ?? o).Concat(held ?? []).DistinctBy(name)];

    /// <summary>In the order in which they are offered.</summary>
    private static List<T> Ticked<T>(IReadOnlyList<T> now, IReadOnlyList<T> offered, T one, Func<T, string> name, bool on)
    {
        var left = now.Where(n => name(n) != name(one)).DistinctBy(name).ToDictionary(name);
        if (on) left[name(one)] = one;
        return [.. offered.Select(name).Where(left.ContainsKey).Select(n => left[n])];
    }
}
