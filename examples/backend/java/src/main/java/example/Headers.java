package example;

import java.util.Map;

/** The headers of every answer. */
final class Headers {
  private Headers() {}

  static Map<String, String> of(String relay, String uploads) {
    return Map.of(
        "Content-Security-Policy",
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; media-src 'self' blob:; "
                + "connect-src 'self' " + relay + " " + uploads
                + "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "Cache-Control", "no-store",
        "Permissions-Policy", "camera=(self)",
        "Referrer-Policy", "no-referrer",
        "X-Content-Type-Options", "nosniff");
  }
}
