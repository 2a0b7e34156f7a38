using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AsFT.Experiments.Specification;

namespace AsFT.Training.Judging.Endpoints;

/// <summary>How one request ended. Retry is set where another may do better; Wait is what the server asks for.</summary>
internal sealed record ChatOutcome(string? Text, string? Problem = null, bool Retry = false, TimeSpan? Wait = null);

/// <summary>One request to an OpenAI-compatible chat interface: temperature 0, fixed seed, a reply of at most 1 MB.</summary>
internal sealed class ChatRequest(HttpClient http, JudgeOptions options, string? key)
{
    private const int Seed = 7;

    private readonly Uri target = new(options.Address!.TrimEnd('/') + "/chat/completions");

    /// <summary>Never throws but for the caller's own cancellation. What a server sends is not passed on: it may hold the key.</summary>
    public async Task<ChatOutcome> SendAsync(string prompt, int newTokens, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            using var request = Request(prompt, newTokens);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            return response.IsSuccessStatusCode ? Read(await response.Content.ReadAsByteArrayAsync(limit.Token)) : Refused(response);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, FormattableString.Invariant($"{target.Host} did not answer within {options.TimeoutSeconds} s"), Retry: true);
        }
        catch (HttpRequestException e) when (e.InnerException is RefusedAddressException refused)
        {
            return new(null, refused.Message);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new(null, $"{target.Host} answered with more than 1 MB, which is no judge's reply");
        }
        catch (HttpRequestException e)
        {
            return new(null, $"{target.Host} cannot be reached ({e.HttpRequestError})", Retry: e.HttpRequestError is not HttpRequestError.SecureConnectionError);
        }
        catch (IOException)
        {
            return new(null, $"{target.Host} broke off its answer", Retry: true);
        }
    }

    private HttpRequestMessage Request(string prompt, int newTokens)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = JsonContent.Create(new Dictionary<string, object?>
            {
                ["model"] = options.EndpointModel, ["messages"] = new[] { new { role = "user", content = prompt } },
                ["temperature"] = 0, ["seed"] = Seed, ["max_tokens"] = newTokens,
            }),
        };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    private ChatOutcome Refused(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        var wait = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - DateTimeOffset.UtcNow : null;
        return code switch
        {
            429 => new(null, $"{target.Host} had too many requests (429)", Retry: true, wait),
            408 or >= 500 => new(null, $"{target.Host} failed ({code})", Retry: true, wait),
            >= 300 and < 400 => new(null, $"{target.Host} sends requests on to another address ({code}), which is not followed; write the final address"),
            401 or 403 => new(null, $"{target.Host} did not accept the key ({code})"),
            _ => new(null, $"{target.Host} refused the request ({code}); check address and endpoint_model"),
        };
    }

    private ChatOutcome Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var text = document.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() ?? throw new JsonException();
            return new(key is null ? text : text.Replace(key, "[key]", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return new(null, $"{target.Host} answered with something that is no chat completion");
        }
    }
}
