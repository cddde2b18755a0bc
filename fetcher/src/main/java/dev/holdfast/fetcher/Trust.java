package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// The certificates of a PEM file, in place of Java's own.
record Trust(SSLContext context, X509TrustManager manager) {
  /// @throws FetchException when there is none in the file
  static Trust read(Path file) throws FetchException {
    try (InputStream pem = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("certificate-" + count++, each);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return new Trust(context, manager(factory));
    } catch (IOException e) {
      throw new FetchException(
          "cannot read the certificates of SSL_CERT_FILE, " + file + ": " + Reasons.of(e), e);
    } catch (GeneralSecurityException e) {
      throw new FetchException(
          "cannot use the certificates of SSL_CERT_FILE, " + file + ": " + e.getMessage(), e);
    }
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
