package example;

import java.util.ArrayList;
import java.util.List;

/** The settings, from the environment: see ../README.md. */
record Settings(
    String relayUrl,
    String apiKey,
    String webhookSecret,
    String uploads,
    String page,
    String widget,
    String nationalId,
    String keyName,
    String proofIssuer) {
  /** Reads them, or fails and names the missing ones. */
  static Settings fromEnvironment() {
    List<String> missing = new ArrayList<>();
    for (String name : List.of("RELAY_URL", "AKIBA_API_KEY", "AKIBA_WEBHOOK_SECRET")) {
      if (System.getenv(name) == null) missing.add(name);
    }
    if (!missing.isEmpty()) throw new IllegalStateException("set " + String.join(" and ", missing));
    return new Settings(
        System.getenv("RELAY_URL"),
        System.getenv("AKIBA_API_KEY"),
        System.getenv("AKIBA_WEBHOOK_SECRET"),
        System.getenv().getOrDefault("UPLOADS", "https://*.amazonaws.com"),
        System.getenv().getOrDefault("PAGE", "../page"),
        System.getenv().getOrDefault("WIDGET", "../../../build/package"),
        System.getenv().getOrDefault("NATIONAL_ID", "0000000000001"),
        System.getenv().getOrDefault("AKIBA_KEY_NAME", "bank"),
        System.getenv().getOrDefault("PROOF_ISSUER", "akiba-relay"));
  }
}
