package dev.holdfast.fetcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTPS and FTPS with an authority of one's own. Its certificates are in the test's resources:
/// good for 127.0.0.1 until 2126, one of yesterday, and one for another host; `make-certificates`
/// makes them.
final class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final String NOBODYS =
      "the server's certificate is of nobody whom this host trusts (SSL_CERT_FILE names a file with"
          + " the certificates to trust)";

  @TempDir private Path directory;
  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() {
    sandbox = new Sandbox(directory);
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(TlsTest.class.getResource("/tls/" + name), name);
  }

  private void trustTheAuthority() throws URISyntaxException {
    sandbox.environment.put("SSL_CERT_FILE", Path.of(resource("authority.pem").toURI()).toString());
  }

  /// @param certificate the name of the server's
  private static ServerSocketFactory tls(String certificate)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = resource(certificate + ".p12").openStream()) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context.getServerSocketFactory();
  }

  private static ScriptedServer https(String certificate) throws Exception {
    return new ScriptedServer(
        tls(certificate),
        connection -> {
          String _ = connection.request();
          connection.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
  }

  private static ScriptedServer ftps(String certificate) throws Exception {
    return FtpSourceTest.server(tls(certificate), "213 5", "150 coming", "hello", "226 done");
  }

  private void fetch(String scheme, ScriptedServer server) throws FetchException {
    Job.Source source = scheme.startsWith("http") ? Job.Source.HTTP : Job.Source.FTP;
    sandbox.fetch(Sandbox.item(source, "file", scheme + "://127.0.0.1:" + server.port() + "/file"));
  }

  private static ScriptedServer server(String scheme, String certificate) throws Exception {
    return scheme.equals("https") ? https(certificate) : ftps(certificate);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "ftps"})
  void aServerOfATrustedAuthorityIsBelieved(String scheme) throws Exception {
    trustTheAuthority();
    try (ScriptedServer server = server(scheme, "good")) {
      fetch(scheme, server);
    }
    assertThat(sandbox.text("file")).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "ftps"})
  void whomTheHostDoesNotTrustIsNotBelieved(String scheme) throws Exception {
    try (ScriptedServer server = server(scheme, "good")) {
      assertThatThrownBy(() -> fetch(scheme, server)).hasMessage(NOBODYS);
    }
    assertThat(sandbox.names()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https, expired, has expired",
    "ftps, expired, has expired",
    "https, other, is not accepted: no subject alternative names matching IP address 127.0.0.1",
    "ftps, other, is not accepted: no subject alternative names matching IP address 127.0.0.1"
  })
  void aCertificateThatIsWrongIsNamed(String scheme, String certificate, String why)
      throws Exception {
    trustTheAuthority();
    try (ScriptedServer server = server(scheme, certificate)) {
      assertThatThrownBy(() -> fetch(scheme, server))
          .hasMessageStartingWith("the server's certificate " + why);
    }
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void aRedirectMayBecomeSafe() throws Exception {
    trustTheAuthority();
    try (ScriptedServer safe = https("good");
        ScriptedServer server =
            ScriptedServer.http(
                "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:"
                    + safe.port()
                    + "/file\r\nContent-Length: 0\r\n\r\n")) {
      fetch("http", server);
    }
    assertThat(sandbox.text("file")).isEqualTo("hello");
  }

  @Test
  void aRedirectMayNotBecomeUnsafe() throws Exception {
    trustTheAuthority();
    try (ScriptedServer server =
        new ScriptedServer(
            tls("good"),
            connection -> {
              String _ = connection.request();
              connection.say(
                  "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
            })) {
      assertThatThrownBy(() -> fetch("https", server))
          .hasMessage("it was redirected to 'http://127.0.0.1/', which is not followed");
    }
  }

  @Test
  void aServerThatSpeaksNoTlsIsOneSentence() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(it -> it.say("HTTP/1.1 400 Bad Request\r\n\r\n"))) {
      assertThatThrownBy(() -> fetch("https", server))
          .hasMessageStartingWith("the TLS connection failed: ");
    }
  }

  @Test
  void aFileOfCertificatesThatIsNotThereIsNamed() throws Exception {
    sandbox.environment.put("SSL_CERT_FILE", "/nonexistent");
    try (ScriptedServer server = https("good")) {
      assertThatThrownBy(() -> fetch("https", server))
          .hasMessage("cannot read the certificates of /nonexistent: no such file or directory");
    }
  }

  /// An empty list would trust nobody, and say so of each server.
  @Test
  void aFileWithoutCertificatesIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("empty.pem"), "nothing");
    sandbox.environment.put("SSL_CERT_FILE", file.toString());
    try (ScriptedServer server = https("good")) {
      assertThatThrownBy(() -> fetch("https", server))
          .hasMessageStartingWith("cannot use the certificates of " + file);
    }
  }
}
