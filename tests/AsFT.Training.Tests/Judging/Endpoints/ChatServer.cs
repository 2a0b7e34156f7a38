using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace AsFT.Training.Tests.Judging.Endpoints;

/// <summary>An HTTP server on loopback that answers as the test says and keeps what it was sent.</summary>
internal sealed class ChatServer : IDisposable
{
    private readonly HttpListener listener;
    private int running, most;

    public ChatServer(Func<int, HttpListenerContext, Task> answer)
    {
        (listener, Port) = Listen();
        _ = Task.Run(async () =>
        {
            for (var i = 0; listener.IsListening; i++)
            {
                var context = await listener.GetContextAsync();
                _ = ServeAsync(i, context, answer);
            }
        });
    }

    public int Port { get; }
    public string Address => $"http://127.0.0.1:{Port}/v1/";
    public ConcurrentQueue<(string Path, string? Authorization, JsonNode Body)> Requests { get; } = [];
    public int MostAtOnce => most;

    public static async Task Say(HttpListenerContext context, string content, int status = 200)
    {
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(content));
        context.Response.Close();
    }

    public static Task Complete(HttpListenerContext context, string text) =>
        Say(context, new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text } }) }.ToJsonString());

    private async Task ServeAsync(int number, HttpListenerContext context, Func<int, HttpListenerContext, Task> answer)
    {
        var now = Interlocked.Increment(ref running);
        for (var seen = most; now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = most) { }
        try
        {
            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            Requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], body.Length == 0 ? new JsonObject() : JsonNode.Parse(body)!));
            await answer(number, context);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // the client has left
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private static (HttpListener, int) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
            try
            {
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // another process was quicker
            }
        }
    }

    public void Dispose() => listener.Close();
}
