package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.FTPSClient;

/// FTP, and FTPS from the first byte on (port 990). Passive, binary, anonymous unless the URI names
/// a user.
final class FtpSource implements Source {
  private static final long UNKNOWN = -1;

  private final Duration patience;
  private final Trust.Reader trust;

  /// @param patience for each answer
  FtpSource(Duration patience, Trust.Reader trust) {
    this.patience = patience;
    this.trust = trust;
  }

  @Override
  public void fetch(String location, Download download) throws FetchException {
    try {
      URI uri = URI.create(location);
      FTPClient client = client(uri);
      try {
        enter(client, uri);
        String path = path(uri);
        retrieve(client, path, size(client, path), download);
      } finally {
        disconnect(client);
      }
    } catch (IllegalArgumentException e) {
      throw new FetchException("it is not a URI", e);
    } catch (IOException e) {
      throw new FetchException(Reasons.of(e), e);
    }
  }

  private FTPClient client(URI uri) throws FetchException {
    FTPClient client = "ftps".equalsIgnoreCase(uri.getScheme()) ? secure() : new FTPClient();
    int millis = (int) Math.min(patience.toMillis(), Integer.MAX_VALUE);
    client.setConnectTimeout(millis);
    client.setDefaultTimeout(millis);
    client.setDataTimeout(patience);
    client.setControlEncoding(StandardCharsets.UTF_8.name());
    return client;
  }

  /// Without this it would take any certificate.
  private FTPSClient secure() throws FetchException {
    FTPSClient client = new FTPSClient(true);
    client.setTrustManager(trust.read().manager());
    client.setEndpointCheckingEnabled(true);
    return client;
  }

  private static void enter(FTPClient client, URI uri) throws IOException, FetchException {
    if (uri.getPort() < 0) {
      client.connect(uri.getHost());
    } else {
      client.connect(uri.getHost(), uri.getPort());
    }
    requireSuccess(client, FTPReply.isPositiveCompletion(client.getReplyCode()));
    String[] user = user(uri);
    requireSuccess(client, client.login(user[0], user[1]));
    if (client instanceof FTPSClient secure) {
      secure.execPBSZ(0);
      secure.execPROT("P");
    }
    requireSuccess(client, client.setFileType(FTP.BINARY_FILE_TYPE));
    client.enterLocalPassiveMode();
  }

  private static String[] user(URI uri) throws FetchException {
    String[] user = {"anonymous", "holdfast@"};
    if (uri.getUserInfo() != null) {
      int colon = uri.getUserInfo().indexOf(':');
      user[0] = colon < 0 ? uri.getUserInfo() : uri.getUserInfo().substring(0, colon);
      user[1] = colon < 0 ? "" : uri.getUserInfo().substring(colon + 1);
    }
    requireOneLine(user[0]);
    requireOneLine(user[1]);
    return user;
  }

  /// RFC 1738: relative to where the login leads; `%2F` begins an absolute one.
  private static String path(URI uri) throws FetchException {
    String path = uri.getPath().substring(1);
    requireOneLine(path);
    return path;
  }

  /// Another line would be another command.
  private static void requireOneLine(String text) throws FetchException {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new FetchException("it has a control character in it");
    }
  }

  /// Not all servers tell it.
  private static long size(FTPClient client, String path) throws IOException {
    String size = client.getSize(path);
    try {
      return size == null ? UNKNOWN : Long.parseLong(size.strip());
    } catch (NumberFormatException e) {
      return UNKNOWN;
    }
  }

  private static void retrieve(FTPClient client, String path, long size, Download download)
      throws IOException, FetchException {
    try (InputStream data = client.retrieveFileStream(path)) {
      if (data == null) {
        throw refused(client);
      }
      download.take(data, size);
    }
    // 226 and 250 are success: the transfer has a second answer, at its end.
    requireSuccess(client, client.completePendingCommand());
  }

  private static void requireSuccess(FTPClient client, boolean success) throws FetchException {
    if (!success) {
      throw refused(client);
    }
  }

  private static FetchException refused(FTPClient client) {
    String reply = client.getReplyString();
    return new FetchException("the server answered " + (reply == null ? "nothing" : reply.strip()));
  }

  private static void disconnect(FTPClient client) {
    try {
      client.disconnect();
    } catch (IOException gone) {
      return; // what came has come
    }
  }
}
