package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Calls the relay with the API key, which never goes to a page. */
final class RelayClient {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private final String url;
  private final String apiKey;

  RelayClient(String url, String apiKey) {
    this.url = url;
    this.apiKey = apiKey;
  }

  /** Returns a session. Empty if the relay does not know it. */
  Optional<JsonNode> session(String id) {
    return send(request("/v1/sessions/" + id).GET());
  }

  /** Creates a session. */
  JsonNode create(String identifier, String reference) {
    var body = json.createObjectNode().put("identifier", identifier).put("type", "1").put("reference", reference);
    return send(request("/v1/sessions").POST(HttpRequest.BodyPublishers.ofString(body.toString())))
        .orElseThrow(() -> new UncheckedIOException(new IOException("the relay has no sessions")));
  }

  /** Returns the public keys of proofs. */
  JsonNode keys() throws IOException {
    try {
      return send(request("/.well-known/jwks.json").GET()).orElseThrow(() -> new IOException("the relay has no keys"));
    } catch (UncheckedIOException error) {
      throw error.getCause();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofSeconds(10))
        .header("Authorization", "Bearer " + apiKey)
        .header("Content-Type", "application/json");
  }

  private Optional<JsonNode> send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      int status = response.statusCode();
      if (status == 404) return Optional.empty();
      if (status / 100 != 2) throw new IOException("the relay answered " + status);
      return Optional.of(json.readTree(response.body()));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(interrupted));
    }
  }
}
