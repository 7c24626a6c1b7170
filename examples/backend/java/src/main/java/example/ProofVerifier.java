package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks proofs: JWTs that the relay signs with Ed25519. Its public keys are at /.well-known/jwks.json. A library such as
 * nimbus-jose-jwt (with Tink) can replace this.
 */
final class ProofVerifier {
  /** What a proof says. */
  record Claims(String session, String id, String outcome, boolean isFinal) {}

  /** Reads the relay's keys. */
  interface KeySet {
    JsonNode read() throws IOException;
  }

  private static final Duration LEEWAY = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final ObjectMapper json = new ObjectMapper();
  private final KeySet keySet;
  private final String issuer;
  private final String audience;
  private Map<String, PublicKey> keys = Map.of();
  private Instant read = Instant.EPOCH;

  ProofVerifier(KeySet keySet, String issuer, String audience) {
    this.keySet = keySet;
    this.issuer = issuer;
    this.audience = audience;
  }

  /** Returns what a valid proof says. Fails if the relay's keys can't be read. */
  Optional<Claims> claims(String proof, Instant now) throws IOException {
    String[] parts = proof.split("\\.", -1);
    if (parts.length != 3) return Optional.empty();
    JsonNode header;
    JsonNode claims;
    byte[] signature;
    try {
      Base64.Decoder base64 = Base64.getUrlDecoder();
      header = json.readTree(base64.decode(parts[0]));
      claims = json.readTree(base64.decode(parts[1]));
      signature = base64.decode(parts[2]);
    } catch (IllegalArgumentException | IOException malformed) {
      return Optional.empty();
    }
    // The algorithm is fixed here. Never take it from the token.
    if (!"EdDSA".equals(header.path("alg").textValue())) return Optional.empty();
    if (!"akiba-verdict+jwt".equals(header.path("typ").textValue())) return Optional.empty();
    PublicKey key = key(header.path("kid").asText(), now);
    if (key == null || !isSigned(key, parts[0] + "." + parts[1], signature)) return Optional.empty();
    long seconds = now.getEpochSecond();
    boolean valid =
        issuer.equals(claims.path("iss").textValue())
            && audience.equals(claims.path("aud").textValue())
            && claims.path("exp").isIntegralNumber()
            && claims.path("exp").asLong() > seconds
            && claims.path("iat").isIntegralNumber()
            && claims.path("iat").asLong() <= seconds + LEEWAY.toSeconds()
            && claims.path("sub").isTextual()
            && claims.path("jti").isTextual()
            && claims.path("outcome").isTextual()
            && claims.path("final").isBoolean();
    if (!valid) return Optional.empty();
    return Optional.of(
        new Claims(
            claims.get("sub").textValue(),
            claims.get("jti").textValue(),
            claims.get("outcome").textValue(),
            claims.get("final").booleanValue()));
  }

  private static boolean isSigned(PublicKey key, String text, byte[] signature) {
    try {
      Signature ed25519 = Signature.getInstance("Ed25519");
      ed25519.initVerify(key);
      ed25519.update(text.getBytes(StandardCharsets.US_ASCII));
      return ed25519.verify(signature);
    } catch (GeneralSecurityException invalid) {
      return false;
    }
  }

  /** Returns the relay's key with this id. Reads the keys again if it is unknown, but not for every forged token. */
  private synchronized PublicKey key(String id, Instant now) throws IOException {
    if (!keys.containsKey(id) && Duration.between(read, now).compareTo(PAUSE) > 0) {
      Map<String, PublicKey> found = new HashMap<>();
      for (JsonNode key : keySet.read().path("keys")) {
        if (!"OKP".equals(key.path("kty").textValue()) || !"Ed25519".equals(key.path("crv").textValue())) continue;
        try {
          found.put(key.path("kid").asText(), publicKey(Base64.getUrlDecoder().decode(key.path("x").asText())));
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
          // Another key may be usable.
        }
      }
      keys = found;
      read = now;
    }
    return keys.get(id);
  }

  /** RFC 8032, 5.1.2: the y coordinate, little endian. The highest bit is the sign of x. */
  private static PublicKey publicKey(byte[] x) throws GeneralSecurityException {
    if (x.length != 32) throw new IllegalArgumentException();
    byte[] bigEndian = new byte[32];
    for (int index = 0; index < 32; index += 1) bigEndian[index] = x[31 - index];
    boolean isOdd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7f;
    EdECPoint point = new EdECPoint(isOdd, new BigInteger(1, bigEndian));
    return KeyFactory.getInstance("Ed25519").generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
  }
}
