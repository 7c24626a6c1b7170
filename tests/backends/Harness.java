package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;

/**
 * Serves the example's controller without Spring Boot, which is not a Debian package: it reads the same annotations as
 * Spring does, and calls the methods.
 */
final class Harness {
  private Harness() {}

  private static final Map<String, String> TYPES =
      Map.of("css", "text/css", "js", "text/javascript", "svg", "image/svg+xml", "wasm", "application/wasm");

  public static void main(String[] arguments) throws IOException {
    Settings settings = Settings.fromEnvironment();
    BankController controller = new BankController();
    Map<String, Method> routes = new HashMap<>();
    for (Method method : BankController.class.getDeclaredMethods()) {
      GetMapping get = method.getAnnotation(GetMapping.class);
      PostMapping post = method.getAnnotation(PostMapping.class);
      if (get != null) routes.put("GET " + get.value()[0], method);
      if (post != null) routes.put("POST " + post.value()[0], method);
    }
    URI relay = URI.create(settings.relayUrl());
    Map<String, String> headers = Headers.of(relay.getScheme() + "://" + relay.getAuthority(), settings.uploads());
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "3000"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", exchange -> {
      try (exchange) {
        headers.forEach(exchange.getResponseHeaders()::set);
        String path = exchange.getRequestURI().getPath();
        Method method = routes.get(exchange.getRequestMethod() + " " + path);
        if (method != null) {
          send(exchange, call(controller, method, exchange));
        } else if (path.startsWith("/page/")) {
          file(exchange, Path.of(settings.page(), path.substring("/page/".length())));
        } else if (path.startsWith("/akiba-selfie/")) {
          file(exchange, Path.of(settings.widget(), path.substring("/akiba-selfie/".length())));
        } else {
          exchange.sendResponseHeaders(404, -1);
        }
      } catch (ReflectiveOperationException | RuntimeException error) {
        error.printStackTrace();
        exchange.sendResponseHeaders(500, -1);
      }
    });
    server.start();
  }

  private static ResponseEntity<?> call(BankController controller, Method method, HttpExchange exchange)
      throws ReflectiveOperationException, IOException {
    Parameter[] parameters = method.getParameters();
    Object[] values = new Object[parameters.length];
    for (int index = 0; index < values.length; index += 1) values[index] = value(parameters[index], exchange);
    try {
      return (ResponseEntity<?>) method.invoke(controller, values);
    } catch (InvocationTargetException failed) {
      for (Method handler : BankController.class.getDeclaredMethods()) {
        ExceptionHandler handles = handler.getAnnotation(ExceptionHandler.class);
        if (handles != null && handles.value()[0].isInstance(failed.getCause())) {
          return (ResponseEntity<?>) handler.invoke(controller, failed.getCause());
        }
      }
      throw failed;
    }
  }

  private static Object value(Parameter parameter, HttpExchange exchange) throws IOException {
    RequestHeader header = parameter.getAnnotation(RequestHeader.class);
    if (header != null) return exchange.getRequestHeaders().getFirst(header.name());
    CookieValue cookie = parameter.getAnnotation(CookieValue.class);
    if (cookie != null) {
      String cookies = exchange.getRequestHeaders().getFirst("Cookie");
      for (String pair : cookies == null ? new String[0] : cookies.split("; ")) {
        if (pair.startsWith(cookie.name() + "=")) return pair.substring(cookie.name().length() + 1);
      }
      return null;
    }
    if (parameter.isAnnotationPresent(RequestBody.class)) return exchange.getRequestBody().readAllBytes();
    throw new IllegalStateException("a parameter of a kind that the harness does not know: " + parameter);
  }

  private static void send(HttpExchange exchange, ResponseEntity<?> answer) throws IOException {
    answer.getHeaders().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
    byte[] body = answer.hasBody() ? answer.getBody().toString().getBytes(StandardCharsets.UTF_8) : new byte[0];
    exchange.sendResponseHeaders(answer.getStatusCodeValue(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static void file(HttpExchange exchange, Path path) throws IOException {
    if (exchange.getRequestURI().getPath().contains("..") || !Files.isRegularFile(path)) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    String end = path.toString().replaceFirst("^.*\\.", "");
    exchange.getResponseHeaders().set("Content-Type", TYPES.getOrDefault(end, "application/octet-stream"));
    byte[] body = Files.readAllBytes(path);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
