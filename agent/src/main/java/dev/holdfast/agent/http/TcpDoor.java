package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/// TCP: nobody is known here. Without a token in the configuration everybody may look; with one,
/// whoever shows it may do all, and nobody else anything.
///
/// A browser on this host reaches the port, too, on behalf of any web page. So what only a browser
/// sends is refused, and so is a `Host` that a foreign name server could have made up.
final class TcpDoor implements Door {
  private static final Set<String> LOOK = Set.of("GET", "HEAD");
  private static final Set<String> NO_FOREIGN_PAGE = Set.of("none", "same-origin");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final String BEARER = "Bearer ";

  private final String ownHost;
  private final Optional<String> token;

  TcpDoor(InetSocketAddress address, Optional<String> token) {
    this.ownHost = address.getHostString().toLowerCase(Locale.ROOT);
    this.token = token;
  }

  @Override
  public Caller admit(ClientEndPoint client, Request request) {
    refuseBrowsers(request);
    if (token.isPresent()) {
      if (!showsToken(request, token.get())) {
        throw Refusal.forbidden("this needs the header 'Authorization: Bearer' with the token");
      }
      return Caller.TOKEN;
    }
    if (!LOOK.contains(request.getMethod())) {
      throw Refusal.forbidden(
          "over TCP without a token everything is read-only: "
              + request.getMethod()
              + " needs the Unix socket");
    }
    return Caller.READER;
  }

  private void refuseBrowsers(Request request) {
    String site = request.getHeaders().get("Sec-Fetch-Site");
    if (request.getHeaders().contains(HttpHeader.ORIGIN)
        || (site != null && !NO_FOREIGN_PAGE.contains(site))) {
      throw Refusal.forbidden("requests of web pages are refused");
    }
    // Absent only in HTTP/1.0, which no browser speaks.
    String host = request.getHeaders().get(HttpHeader.HOST);
    if (host != null && !isOurs(name(host))) {
      throw Refusal.forbidden(
          "the header 'Host' names neither an IP address nor localhost nor " + ownHost);
    }
  }

  private boolean isOurs(String host) {
    return host.startsWith("[")
        || IPV4.matcher(host).matches()
        || host.equals("localhost")
        || host.equals(ownHost);
  }

  private static String name(String host) {
    int colon = host.lastIndexOf(':');
    return (colon > host.lastIndexOf(']') ? host.substring(0, colon) : host)
        .toLowerCase(Locale.ROOT);
  }

  private static boolean showsToken(Request request, String token) {
    String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return false;
    }
    // Takes as long for a nearly right token as for a wrong one.
    return MessageDigest.isEqual(
        authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8),
        token.getBytes(StandardCharsets.UTF_8));
  }
}
