package example;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Starts the back end, and adds the headers and the files of the page. */
@SpringBootApplication
public class Application implements WebMvcConfigurer {
  private static final Settings SETTINGS = Settings.fromEnvironment();

  /** Starts the back end. */
  public static void main(String[] arguments) {
    SpringApplication application = new SpringApplication(Application.class);
    String port = System.getenv().getOrDefault("PORT", "3000");
    application.setDefaultProperties(Map.of("server.address", "127.0.0.1", "server.port", port));
    application.run(arguments);
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry.addResourceHandler("/page/**").addResourceLocations("file:" + SETTINGS.page() + "/");
    registry.addResourceHandler("/akiba-selfie/**").addResourceLocations("file:" + SETTINGS.widget() + "/");
  }

  /** Adds the headers that protect the page. */
  @Bean
  public OncePerRequestFilter headers() {
    URI relay = URI.create(SETTINGS.relayUrl());
    Map<String, String> headers = Headers.of(relay.getScheme() + "://" + relay.getAuthority(), SETTINGS.uploads());
    return new OncePerRequestFilter() {
      @Override
      protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain next)
          throws ServletException, IOException {
        headers.forEach(response::setHeader);
        next.doFilter(request, response);
      }
    };
  }
}
