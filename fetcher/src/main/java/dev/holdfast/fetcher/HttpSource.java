package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// HTTP and HTTPS. Redirects are followed, but not from HTTPS to HTTP, nor anywhere else.
final class HttpSource implements Source {
  private static final int OK = 200;
  private static final int MOST_REDIRECTS = 20;
  private static final long UNKNOWN = -1;

  private final Duration patience;
  private final ProxySelector proxies;
  private final Trust.Reader trust;

  /// @param patience for the connection
  HttpSource(Duration patience, ProxySelector proxies, Trust.Reader trust) {
    this.patience = patience;
    this.proxies = proxies;
    this.trust = trust;
  }

  @Override
  public void fetch(String location, Download download) throws FetchException {
    Clients clients = new Clients();
    try {
      HttpResponse<InputStream> response = follow(clients, uri(location));
      try (InputStream body = response.body()) {
        requireSuccess(response.statusCode());
        download.take(body, response.headers().firstValueAsLong("Content-Length").orElse(UNKNOWN));
      }
    } catch (IOException e) {
      throw new FetchException(Reasons.of(e), e);
    } catch (IllegalArgumentException e) {
      // HttpClient's for headers that are not what they should be.
      throw new FetchException("the server's answer makes no sense: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("interrupted", e);
    } finally {
      clients.shutDown();
    }
  }

  /// One for what is safe and one for what is not: most fetches need no certificates.
  private final class Clients {
    private final Map<Boolean, HttpClient> bySafety = new HashMap<>();

    HttpClient of(URI uri) throws FetchException {
      boolean safe = "https".equalsIgnoreCase(uri.getScheme());
      HttpClient known = bySafety.get(safe);
      if (known != null) {
        return known;
      }
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(patience)
              .proxy(proxies);
      if (safe) {
        builder.sslContext(trust.read().context());
      }
      HttpClient client = builder.build();
      bySafety.put(safe, client);
      return client;
    }

    /// `close` would wait for what is on its way.
    void shutDown() {
      bySafety.values().forEach(HttpClient::shutdownNow);
    }
  }

  private static URI uri(String text) throws FetchException {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new FetchException("'" + text.replaceFirst("//[^/@]*@", "//") + "' is not a URI", e);
    }
  }

  private static HttpResponse<InputStream> follow(Clients clients, URI start)
      throws FetchException, IOException, InterruptedException {
    URI at = start;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<InputStream> response =
          clients.of(at).send(request(at, start), HttpResponse.BodyHandlers.ofInputStream());
      Optional<String> next = response.headers().firstValue("Location");
      if (isRedirect(response.statusCode()) && next.isPresent()) {
        response.body().close();
        at = redirected(at, next.get());
      } else {
        return response;
      }
    }
    throw new FetchException("it was redirected more than " + MOST_REDIRECTS + " times");
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static URI redirected(URI from, String location) throws FetchException {
    URI to = from.resolve(uri(location));
    String scheme = String.valueOf(to.getScheme());
    boolean stays = scheme.equalsIgnoreCase(from.getScheme());
    boolean becomesSafe =
        "http".equalsIgnoreCase(from.getScheme()) && scheme.equalsIgnoreCase("https");
    if (to.getHost() == null || !(stays || becomesSafe)) {
      throw new FetchException("it was redirected to '" + to + "', which is not followed");
    }
    return to;
  }

  private static HttpRequest request(URI uri, URI start) throws FetchException {
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(withoutUser(uri)).header("User-Agent", "holdfast").GET();
      // A password is for the host that it was given for.
      if (start.getUserInfo() != null && start.getAuthority().equals(authority(uri, start))) {
        byte[] words = start.getUserInfo().getBytes(StandardCharsets.UTF_8);
        builder.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(words));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new FetchException(String.valueOf(e.getMessage()), e);
    }
  }

  private static URI withoutUser(URI uri) {
    return uri.getUserInfo() == null
        ? uri
        : URI.create(uri.toString().replaceFirst("//[^/@]*@", "//"));
  }

  /// As `start` would be written if it were on the host of `uri`.
  private static String authority(URI uri, URI start) {
    return start.getRawUserInfo()
        + "@"
        + uri.getHost()
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  private static void requireSuccess(int status) throws FetchException {
    if (status != OK) {
      throw new FetchException("the server answered " + status(status));
    }
  }

  private static String status(int code) {
    return code
        + switch (code) {
          case 401 -> " (unauthorized)";
          case 403 -> " (forbidden)";
          case 404 -> " (not found)";
          case 410 -> " (gone)";
          case 500 -> " (internal server error)";
          case 502 -> " (bad gateway)";
          case 503 -> " (service unavailable)";
          case 504 -> " (gateway timeout)";
          default -> "";
        };
  }
}
