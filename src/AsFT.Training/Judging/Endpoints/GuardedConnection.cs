using System.Net;
using System.Net.Sockets;

namespace AsFT.Training.Judging.Endpoints;

/// <summary>A connection that must not be made; the message says why and what to do.</summary>
internal sealed class RefusedAddressException(string message) : IOException(message);

/// <summary>
/// Connections to what a name means at the moment of connecting: every address it resolves to is looked at, and the one
/// that was looked at is the one that is dialled. No redirects, proxies or cookies.
/// </summary>
internal static class GuardedConnection
{
    public static HttpMessageHandler Handler(bool allowPrivate, int concurrency) => new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseProxy = false, UseCookies = false, MaxConnectionsPerServer = concurrency, MaxResponseHeadersLength = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps, allowPrivate, cancel),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint end, bool encrypted, bool allowPrivate, CancellationToken cancel)
    {
        var addresses = IPAddress.TryParse(end.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(end.Host, cancel);
        Check(end.Host, addresses, encrypted, allowPrivate);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, end.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static void Check(string host, IReadOnlyList<IPAddress> addresses, bool encrypted, bool allowPrivate)
    {
        if (!encrypted && addresses.Any(a => !PublicAddress.IsLoopback(a))) throw new RefusedAddressException($"{host} is not this machine, and the connection is not encrypted; write https");
        if (!allowPrivate && addresses.Any(a => !PublicAddress.Is(a)))
            throw new RefusedAddressException($"{host} lies on this machine or in a private network, which judges may reach only where the trainer is started with --allow-private-endpoints (on the site: the setting Judges:AllowPrivateAddresses)");
    }
}
