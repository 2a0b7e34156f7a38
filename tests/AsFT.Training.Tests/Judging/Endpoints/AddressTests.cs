using System.Net;
using AsFT.Experiments.Specification;
using AsFT.Training.Judging;
using AsFT.Training.Judging.Endpoints;

namespace AsFT.Training.Tests.Judging.Endpoints;

public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")] // metadata of clouds
    [InlineData("100.100.100.200")] // and of another one
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")] // metadata
    [InlineData("ff02::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")] // NAT64 of 10.0.0.1
    [InlineData("2002:a00:1::1")] // 6to4 of 10.0.0.1
    [InlineData("2001:0:a00:1::1")]
    [InlineData("2001:db8::1")]
    public void PublicAddress_WhatIsNot(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void PublicAddress_WhatIs(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public void Check_ANameThatAlsoMeansAPrivateAddress_IsRefused() => // as DNS rebinding does
        Assert.Contains("private network", Assert.Throws<RefusedAddressException>(() => GuardedConnection.Check("a.example", [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")], encrypted: true, allowPrivate: false)).Message);

    [Fact]
    public void Check_UnencryptedToAnotherMachine_IsRefusedEvenWherePrivateOnesAreAllowed() =>
        Assert.Contains("write https", Assert.Throws<RefusedAddressException>(() => GuardedConnection.Check("localhost", [IPAddress.Parse("10.0.0.1")], encrypted: false, allowPrivate: true)).Message);

    [Theory]
    [InlineData("api.example.com", null)]
    [InlineData("API.example.com", null)]
    [InlineData("api.example.com.evil.net", "another host")]
    public void Secret_WithAHost_GoesThereOnly(string host, string? fault) => Check("sk-1", "api.example.com", $"https://{host}/v1", fault);

    [Theory]
    [InlineData("sk-1", null)]
    [InlineData(null, "set it to the key")]
    [InlineData("  ", "set it to the key")]
    [InlineData("sk-1\r\nX-Other: 1", "characters that no key has")]
    [InlineData("schlüssel", "characters that no key has")]
    public void Secret_IsReadFromTheEnvironment(string? value, string? fault) => Check(value, "a.example", "https://a.example/v1", fault);

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Secret_WithoutAHost_GoesNowhere(string? host) => Check("sk-1", host, "https://a.example/v1", "which host may get it");

    private static void Check(string? value, string? host, string address, string? fault)
    {
        string? Environment(string name) => name switch { "ASFT_SECRET_OPENAI" => value, "ASFT_SECRET_OPENAI_HOST" => host, _ => null };
        var options = new JudgeOptions { Address = address, Key = "OPENAI" };
        if (fault is null)
        {
            Assert.Equal(value, JudgeSecret.Of(options, "judge", Environment));
            return;
        }
        var thrown = Assert.Single(Assert.Throws<SpecificationException>(() => JudgeSecret.Of(options, "judge", Environment)).Faults);
        Assert.Equal("judge.key", thrown.Path);
        Assert.Contains(fault, thrown.Problem);
        if (!string.IsNullOrWhiteSpace(value)) Assert.DoesNotContain(value, thrown.Problem);
    }
}
