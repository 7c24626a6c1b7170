using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

/// <summary>Checks the signature of a webhook (https://www.standardwebhooks.com).</summary>
sealed class WebhookVerifier(string secret)
{
    /// <summary>A webhook that is older, or newer, is rejected: somebody may have recorded it.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[] key = Convert.FromBase64String(secret.StartsWith("whsec_") ? secret[6..] : secret);

    public bool Accepts(string id, string? timestamp, string? signatures, byte[] body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return false;
        }
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        // The relay signs with each of its secrets, so that a secret can be changed.
        return (signatures ?? "").Split(' ')
            .Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected));
    }
}

/// <summary>What a proof says.</summary>
sealed record ProofClaims(string Session, string Id, string Outcome, bool IsFinal);

/// <summary>
/// Checks proofs: JWTs that the relay signs with Ed25519. Its public keys are at /.well-known/jwks.json.
/// Microsoft.IdentityModel does not know EdDSA, so BouncyCastle checks the signature.
/// </summary>
sealed class ProofVerifier(Func<Task<string>> keySet, string issuer, string audience)
{
    private readonly SemaphoreSlim reading = new(1);
    private Dictionary<string, byte[]> keys = [];
    private DateTimeOffset read = DateTimeOffset.MinValue;

    /// <summary>Returns what a valid proof says, or null.</summary>
    public async Task<ProofClaims?> Claims(string proof, DateTimeOffset now)
    {
        var parts = proof.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }
        try
        {
            var header = JsonNode.Parse(Base64Url.Decode(parts[0]));
            // The algorithm is fixed here. Never take it from the token.
            if ((string?)header?["alg"] != "EdDSA" || (string?)header?["typ"] != "akiba-verdict+jwt")
            {
                return null;
            }
            if ((string?)header?["kid"] is not { } id || await Key(id, now) is not { } key)
            {
                return null;
            }
            var text = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            var verifier = new Ed25519Signer();
            verifier.Init(false, new Ed25519PublicKeyParameters(key));
            verifier.BlockUpdate(text, 0, text.Length);
            if (!verifier.VerifySignature(Base64Url.Decode(parts[2])))
            {
                return null;
            }
            var claims = JsonNode.Parse(Base64Url.Decode(parts[1]));
            const int leeway = 60;
            var seconds = now.ToUnixTimeSeconds();
            var valid = (string?)claims?["iss"] == issuer
                && (string?)claims?["aud"] == audience
                && (long?)claims?["exp"] > seconds
                && (long?)claims?["iat"] <= seconds + leeway;
            return valid
                && (string?)claims?["sub"] is { } session
                && (string?)claims?["jti"] is { } proofId
                && (string?)claims?["outcome"] is { } outcome
                && (bool?)claims?["final"] is { } final
                ? new ProofClaims(session, proofId, outcome, final)
                : null;
        }
        // Not base64url, not JSON, or a value of another type.
        catch (Exception error) when (error is FormatException or System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns the relay's key. Reads the keys again if it is unknown, but not for every forged token.</summary>
    private async Task<byte[]?> Key(string id, DateTimeOffset now)
    {
        await reading.WaitAsync();
        try
        {
            if (!keys.ContainsKey(id) && now - read > TimeSpan.FromSeconds(10))
            {
                var set = JsonNode.Parse(await keySet())?["keys"] as JsonArray ?? [];
                keys = set
                    .Where(key => (string?)key?["kty"] == "OKP" && (string?)key?["crv"] == "Ed25519")
                    .ToDictionary(key => (string)key!["kid"]!, key => Base64Url.Decode((string)key!["x"]!));
                read = now;
            }
            return keys.GetValueOrDefault(id);
        }
        finally
        {
            reading.Release();
        }
    }
}

static class Base64Url
{
    public static byte[] Decode(string text)
    {
        if (text.Contains('+') || text.Contains('/') || text.Contains('='))
        {
            throw new FormatException();
        }
        var padded = text.Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '='));
    }
}
