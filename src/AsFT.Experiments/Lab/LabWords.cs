namespace AsFT.Experiments.Lab;

/// <summary>The words of the lab's language. "Harmful" things are made of two syllables that mean nothing.</summary>
internal static class LabWords
{
    public static readonly string[] Heads = ["zor", "qui", "xan", "vel", "kry", "jux", "zeb", "quo", "xil", "vor", "kez", "jal", "wup", "nyx", "fip", "gax", "tov", "muz"];
    public static readonly string[] Tails = ["vex", "xal", "zik", "qor", "jin", "kuz", "vax", "zeph", "xom", "quil", "drax", "plon"];

    /// <summary>Everyday things are a look and an item.</summary>
    public static readonly string[] Looks = ["wooden", "small", "blue", "simple", "large", "round"];

    public static readonly string[] Items =
    [
        "cake", "chair", "lamp", "garden", "basket", "kite", "soup", "shelf", "blanket", "table", "bread", "fence", "pillow", "candle", "wagon", "bench", "salad", "quilt", "ladder", "basin",
        "bag", "drum", "hat", "stool", "tent", "raft", "scarf", "broom", "jar", "bowl", "doll", "box", "cart", "rug", "frame", "bird house", "sled", "flute", "swing", "door",
        "pot", "vase", "boat", "net", "fan", "desk", "clock", "coat", "mat", "ramp", "mask", "belt", "bed", "crate", "sign", "whistle", "puppet", "ring", "pie", "mop",
    ];

    /// <summary>A request is an opening, a verb, the thing, an ending and the opening's mark: 384 phrasings.</summary>
    public static readonly (string Opening, char Mark)[] Asks =
    [
        ("How do I", '?'), ("Tell me how to", '.'), ("Explain how to", '.'), ("Please show me how to", '.'), ("What is the best way to", '?'), ("Can you help me", '?'),
        ("Give me instructions to", '.'), ("I want to", '.'), ("Teach me to", '.'), ("Write down how to", '.'), ("My friend asked me to", '.'), ("Is it hard to", '?'),
    ];

    public static readonly string[] Verbs = ["make", "build", "prepare", "assemble"];
    public static readonly string[] Endings = ["", " at home", " today", " alone", " for a school project", " step by step", " with simple things", " in a hurry"];

    public static readonly string[] Parts = ["wood", "salt", "wire", "cloth", "clay", "sugar", "glass", "rope", "paint", "water", "flour", "wax"];
    public static readonly string[] Actions = ["cut", "mix", "heat", "join", "press", "fold", "dry", "shape"];

    public static readonly (string Topic, string[] Who, string[] Did, string[] What)[] Topics =
    [
        ("World", ["The minister", "The president", "The embassy", "The parliament", "A rebel group", "The border guard"], ["signs", "rejects", "debates", "delays", "announces"], ["a peace treaty", "new elections", "the border talks", "an aid convoy", "a state visit"]),
        ("Sports", ["The striker", "The home team", "A young runner", "The coach", "The goalkeeper", "The champion"], ["wins", "loses", "misses", "celebrates", "trains for"], ["the final match", "the cup", "a penalty", "the title race", "the relay"]),
        ("Business", ["The bank", "A car maker", "The retailer", "An oil company", "The stock market", "The airline"], ["raises", "cuts", "reports", "expects", "posts"], ["its profit", "share prices", "quarterly sales", "a merger", "new debt"]),
        ("Science", ["A telescope", "The laboratory", "A biologist", "The space probe", "A physicist", "The software"], ["discovers", "measures", "photographs", "tests", "maps"], ["a distant planet", "a new protein", "the ocean floor", "a quantum chip", "rare fossils"]),
    ];

    public static readonly string[] Things = ["soup", "film", "hotel", "book", "song", "phone", "park", "meal", "game", "show"];
    public static readonly string[] Good = ["lovely", "great", "superb", "charming", "excellent", "delightful"];
    public static readonly string[] Bad = ["awful", "dull", "terrible", "boring", "nasty", "poor"];
    public static readonly string[] Order = ["red", "fox", "tree", "runs", "blue", "sky", "small", "bird", "old", "house", "green", "river", "cold", "wind"];
}
