package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Whose certificates servers may have: those that the host's other programs trust, too. A PEM
/// file, which `SSL_CERT_FILE` names or the distribution keeps; without one Java's own.
record Trust(SSLContext context, X509TrustManager manager) {
  /// Where OpenSSL looks on Debian, Arch and Alpine, on Fedora and RHEL, on SUSE.
  private static final List<Path> SYSTEM =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  /// Reads them once they are needed: they are a hundred and more.
  interface Reader {
    Trust read() throws FetchException;
  }

  /// @param environment as [System#getenv()]
  /// @throws FetchException when the file has none
  static Trust read(Map<String, String> environment) throws FetchException {
    String named = environment.getOrDefault("SSL_CERT_FILE", "");
    Optional<Path> file =
        named.isEmpty()
            ? SYSTEM.stream().filter(Files::isReadable).findFirst()
            : Optional.of(Path.of(named));
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(file.isPresent() ? certificates(file.get()) : null);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return new Trust(context, manager(factory));
    } catch (IOException e) {
      throw new FetchException(
          "cannot read the certificates of "
              + file.map(Path::toString).orElse("Java")
              + ": "
              + Reasons.of(e),
          e);
    } catch (GeneralSecurityException e) {
      throw new FetchException(
          "cannot use the certificates of "
              + file.map(Path::toString).orElse("Java")
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static KeyStore certificates(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(file)) {
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("certificate-" + count++, each);
      }
    }
    return store;
  }

  private static X509TrustManager manager(TrustManagerFactory factory)
      throws GeneralSecurityException {
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("Java checks no X.509 certificates");
  }
}
