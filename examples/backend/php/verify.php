<?php

declare(strict_types=1);

/** Checks the signature of a webhook (https://www.standardwebhooks.com). */
final class WebhookVerifier
{
    /** A webhook that is older, or newer, is rejected: somebody may have recorded it. */
    private const TOLERANCE = 300;

    private readonly string $key;

    public function __construct(string $secret)
    {
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret) ?? '', true);
        $this->key = $key ?: throw new RuntimeException('AKIBA_WEBHOOK_SECRET must be whsec_ and base64');
    }

    public function accepts(string $id, string $timestamp, string $signatures, string $body, int $now): bool
    {
        if ($id === '' || !ctype_digit($timestamp) || abs($now - (int) $timestamp) > self::TOLERANCE) {
            return false;
        }
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $this->key, true));
        // The relay signs with each of its secrets, so that a secret can be changed.
        foreach (explode(' ', $signatures) as $signature) {
            if (hash_equals($expected, $signature)) {
                return true;
            }
        }
        return false;
    }
}

/**
 * Checks proofs: JWTs that the relay signs with Ed25519. Its public keys are at /.well-known/jwks.json. A library such as
 * web-token/jwt-framework or firebase/php-jwt can replace this.
 */
final class ProofVerifier
{
    /** @param Closure(): array $keySet reads the relay's keys. Cache them, and read them again for an unknown key. */
    public function __construct(
        private readonly Closure $keySet,
        private readonly string $issuer,
        private readonly string $audience,
    ) {
    }

    /**
     * Returns what a valid proof says, or null.
     *
     * @return array{sub: string, jti: string, outcome: string, final: bool, exp: int}|null
     */
    public function claims(string $proof, int $now): ?array
    {
        $parts = explode('.', $proof);
        if (count($parts) !== 3) {
            return null;
        }
        [$header, $claims] = array_map(fn ($part) => json_decode(self::decode($part) ?? '', true), $parts);
        $signature = self::decode($parts[2]);
        // The algorithm is fixed here. Never take it from the token.
        if (($header['alg'] ?? null) !== 'EdDSA' || ($header['typ'] ?? null) !== 'akiba-verdict+jwt') {
            return null;
        }
        $key = $this->key($header['kid'] ?? null);
        if ($key === null || $signature === null || strlen($signature) !== SODIUM_CRYPTO_SIGN_BYTES) {
            return null;
        }
        if (!sodium_crypto_sign_verify_detached($signature, "$parts[0].$parts[1]", $key)) {
            return null;
        }
        $leeway = 60;
        $valid = ($claims['iss'] ?? null) === $this->issuer
            && ($claims['aud'] ?? null) === $this->audience
            && is_int($claims['exp'] ?? null) && $claims['exp'] > $now
            && is_int($claims['iat'] ?? null) && $claims['iat'] <= $now + $leeway
            && is_string($claims['sub'] ?? null) && is_string($claims['jti'] ?? null)
            && is_string($claims['outcome'] ?? null) && is_bool($claims['final'] ?? null);
        return $valid ? $claims : null;
    }

    private function key(mixed $id): ?string
    {
        foreach (($this->keySet)()['keys'] ?? [] as $key) {
            if (is_string($id) && ($key['kid'] ?? null) === $id && $key['kty'] === 'OKP' && $key['crv'] === 'Ed25519') {
                $x = self::decode($key['x']);
                return $x !== null && strlen($x) === SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES ? $x : null;
            }
        }
        return null;
    }

    private static function decode(string $text): ?string
    {
        try {
            return sodium_base642bin($text, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
        } catch (SodiumException) {
            return null;
        }
    }
}
