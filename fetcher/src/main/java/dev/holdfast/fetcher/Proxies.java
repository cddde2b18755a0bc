package dev.holdfast.fetcher;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The proxy that `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` name, as curl reads them:
/// in capitals, too, but for the first, which a CGI program's caller could set.
final class Proxies extends ProxySelector {
  private static final int USUAL_PORT = 1080;

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public List<Proxy> select(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String proxy = variable(scheme + "_proxy", !scheme.equals("http"));
    if (proxy.isEmpty()) {
      proxy = variable("all_proxy", true);
    }
    if (proxy.isEmpty() || isExcepted(String.valueOf(uri.getHost()))) {
      return List.of(Proxy.NO_PROXY);
    }
    URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    int port = address.getPort() < 0 ? USUAL_PORT : address.getPort();
    return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address.getHost(), port)));
  }

  private boolean isExcepted(String host) {
    for (String part : variable("no_proxy", true).split("[,\\s]+", -1)) {
      String suffix = part.startsWith(".") ? part.substring(1) : part;
      if (part.equals("*")
          || (!suffix.isEmpty() && (host.equals(suffix) || host.endsWith("." + suffix)))) {
        return true;
      }
    }
    return false;
  }

  private String variable(String name, boolean orInCapitals) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() && orInCapitals
        ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "")
        : value;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException cause) {
    // the request fails with it
  }
}
