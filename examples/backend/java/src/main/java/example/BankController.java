package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * A bank's back end for {@code <akiba-selfie>}. It serves the page, creates a session at the relay, accepts a verdict from
 * the relay's webhook or from a proof, and returns it.
 */
@RestController
public class BankController {
  /** STUB: a customer of your database. */
  private static final class Customer {
    final String number;
    String session;
    String token;

    Customer(String number) {
      this.number = number;
    }
  }

  private record Verdict(String state, String outcome, boolean isFinal) {}

  private static final int MAX_BODY = 16_384;

  // STUB: your database. These are lost when the process ends.
  private final Map<String, Customer> customers = new ConcurrentHashMap<>();
  private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  private final ObjectMapper json = new ObjectMapper();
  private final SecureRandom random = new SecureRandom();
  private final Settings settings = Settings.fromEnvironment();
  private final RelayClient relay = new RelayClient(settings.relayUrl(), settings.apiKey());
  private final WebhookVerifier webhooks = new WebhookVerifier(settings.webhookSecret());
  private final ProofVerifier proofs = new ProofVerifier(relay::keys, settings.proofIssuer(), settings.keyName());

  /** The page with the widget. */
  @GetMapping("/")
  public ResponseEntity<String> page(@CookieValue(name = "login", required = false) String login) throws IOException {
    String html = Files.readString(Path.of(settings.page(), "index.html")).replace("{{relay}}", settings.relayUrl());
    return answer(200, login).contentType(MediaType.parseMediaType("text/html;charset=utf-8")).body(html);
  }

  /** Returns the session's token to the page. The identifier comes from the login, never from the page. */
  @PostMapping("/selfie-session")
  public ResponseEntity<String> selfieSession(@CookieValue(name = "login", required = false) String login) {
    String known = isKnown(login) ? login : newLogin();
    Customer who = customers.get(known);
    // Two requests at once get the same session. STUB: lock the customer's row.
    synchronized (who) {
      JsonNode last = who.session == null ? null : relay.session(who.session).orElse(null);
      if (last != null) {
        String state = last.path("state").asText();
        boolean hasVerdict = last.path("verdict").isObject();
        // Either the verdict is final, or the vendor may have judged already and would bill again. Someone at the bank
        // has to decide.
        if (last.path("verdict").path("final").asBoolean() || state.equals("verifying") || state.equals("unknown")) {
          return body(409, known, json.createObjectNode().put("error", "the last check is " + state));
        }
        // Try again in the same session, as it counts the tries. A new session would start at zero.
        if (hasVerdict || Instant.parse(last.path("expires_at").asText()).isAfter(Instant.now())) {
          return body(200, known, json.createObjectNode().put("token", who.token));
        }
      }
      JsonNode created = relay.create(settings.nationalId(), who.number);
      who.session = created.path("session_id").asText();
      who.token = created.path("session_token").asText();
      return body(200, known, json.createObjectNode().put("token", who.token));
    }
  }

  /** Receives the relay's webhook. A valid one only says that there is news: the verdict comes from the relay. */
  @PostMapping("/hooks/akiba")
  public ResponseEntity<String> hook(
      @RequestHeader(name = "webhook-id", required = false) String id,
      @RequestHeader(name = "webhook-timestamp", required = false) String timestamp,
      @RequestHeader(name = "webhook-signature", required = false) String signatures,
      @RequestBody byte[] body)
      throws IOException {
    if (body.length > MAX_BODY) return ResponseEntity.status(413).build();
    if (!webhooks.accepts(id, timestamp, signatures, body, Instant.now())) return ResponseEntity.status(400).build();
    String session = json.readTree(body).path("data").path("session_id").asText();
    if (!session.matches("ses_[0-9a-f]{1,64}")) return ResponseEntity.status(400).build();
    // A webhook may arrive more than once. If the relay can't be reached, the 503 makes it send the webhook again.
    if (!seen.contains(id)) {
      relay.session(session).ifPresent(known -> {
        JsonNode verdict = known.path("verdict");
        String outcome = verdict.path("outcome").textValue();
        verdicts.put(session, new Verdict(known.path("state").asText(), outcome, verdict.path("final").asBoolean()));
      });
      seen.add(id);
    }
    return ResponseEntity.status(204).build();
  }

  /** Accepts a proof from the page: the relay's signature makes the verdict true, whoever brings it. */
  @PostMapping("/selfie-proof")
  public ResponseEntity<String> proof(
      @CookieValue(name = "login", required = false) String login, @RequestBody byte[] body) throws IOException {
    if (body.length > MAX_BODY || !isKnown(login)) return ResponseEntity.status(400).build();
    String session;
    synchronized (customers.get(login)) {
      session = customers.get(login).session;
    }
    JsonNode sent;
    try {
      sent = json.readTree(body);
    } catch (IOException malformed) {
      return ResponseEntity.status(400).build();
    }
    ProofVerifier.Claims claims = proofs.claims(sent.path("proof").asText(), Instant.now()).orElse(null);
    // A proof is good only for the person whom the bank asked about: the session must be this customer's.
    if (claims == null || !claims.session().equals(session)) return ResponseEntity.status(400).build();
    // Each proof counts once. STUB: a unique column.
    if (!seen.add(claims.id())) return ResponseEntity.status(409).build();
    Verdict told = new Verdict(claims.outcome(), claims.outcome(), claims.isFinal());
    // An older proof must not replace a final verdict.
    verdicts.merge(session, told, (known, later) -> known.isFinal() ? known : later);
    return ResponseEntity.status(204).build();
  }

  /**
   * Returns the verdict that the bank has. Base a decision about money on this, on the server, and never on what the page
   * says. After a rejection that is not final, the customer can still be verified.
   */
  @GetMapping("/verdict")
  public ResponseEntity<String> verdict(@CookieValue(name = "login", required = false) String login) {
    String session = isKnown(login) ? customers.get(login).session : null;
    Verdict known = session == null ? null : verdicts.get(session);
    if (known == null) known = new Verdict("open", null, false);
    return body(200, login, json.createObjectNode()
        .put("state", known.state()).put("outcome", known.outcome()).put("final", known.isFinal()));
  }

  /** Answers if the relay fails. */
  @ExceptionHandler(UncheckedIOException.class)
  public ResponseEntity<String> relayFailed(UncheckedIOException error) {
    System.err.println("the relay: " + error.getCause().getClass().getSimpleName());
    return ResponseEntity.status(503).contentType(MediaType.APPLICATION_JSON).body("{\"error\":\"try again later\"}");
  }

  /** The same for the relay's keys. */
  @ExceptionHandler(IOException.class)
  public ResponseEntity<String> keysFailed(IOException error) {
    return relayFailed(new UncheckedIOException(error));
  }

  private boolean isKnown(String login) {
    return login != null && customers.containsKey(login);
  }

  /** STUB: your login. Here each browser is another customer, and all have the same national id. */
  private synchronized String newLogin() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String login = HexFormat.of().formatHex(bytes);
    customers.put(login, new Customer("customer-" + (customers.size() + 1)));
    return login;
  }

  private ResponseEntity.BodyBuilder answer(int status, String login) {
    String known = isKnown(login) ? login : newLogin();
    return ResponseEntity.status(status)
        .header("Set-Cookie", "login=" + known + "; Path=/; HttpOnly; Secure; SameSite=Strict");
  }

  private ResponseEntity<String> body(int status, String login, JsonNode body) {
    return answer(status, login).contentType(MediaType.APPLICATION_JSON).body(body.toString());
  }
}
