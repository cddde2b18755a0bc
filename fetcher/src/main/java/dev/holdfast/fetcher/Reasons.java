package dev.holdfast.fetcher;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/// What went wrong, in words for a person.
final class Reasons {
  private Reasons() {}

  static String of(IOException e) {
    return switch (e) {
      case FileSystemException failure -> ofFile(failure);
      case HttpTimeoutException _, SocketTimeoutException _ -> "the server did not answer in time";
      case UnknownHostException unknown -> "there is no host " + unknown.getMessage();
      case NoRouteToHostException _ -> "there is no route to the host";
      case ConnectException _ ->
          hasCause(e, UnresolvedAddressException.class)
              ? "there is no such host"
              : "the connection was refused";
      case SSLException failure -> ofTls(failure);
      case EOFException _ -> "it ended too early";
      default -> lowerCase(message(e));
    };
  }

  private static String ofFile(FileSystemException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "there is a file of this name already";
      case DirectoryNotEmptyException _ -> "there is a directory of this name";
      default -> lowerCase(failure.getReason() == null ? message(failure) : failure.getReason());
    };
  }

  private static String ofTls(SSLException failure) {
    if (hasCause(failure, CertificateExpiredException.class)) {
      return "the server's certificate has expired";
    }
    if (hasCause(failure, CertificateNotYetValidException.class)) {
      return "the server's certificate is not valid yet";
    }
    if (hasCause(failure, CertPathBuilderException.class)) {
      return "the server's certificate is of nobody whom this host trusts"
          + " (SSL_CERT_FILE names a file with the certificates to trust)";
    }
    if (hasCause(failure, CertificateException.class)) {
      return "the server's certificate is not accepted: " + lowerCase(message(innermost(failure)));
    }
    return "the TLS connection failed: " + message(failure);
  }

  private static Throwable innermost(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : innermost(cause);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }

  /// The innermost that has something to say.
  private static String message(Throwable failure) {
    String message = failure.getMessage();
    if (message != null && !message.isBlank()) {
      return message;
    }
    Throwable cause = failure.getCause();
    return cause == null ? failure.getClass().getSimpleName() : message(cause);
  }

  /// As errors of the system are written elsewhere.
  private static String lowerCase(String text) {
    boolean acronym = text.length() > 1 && Character.isUpperCase(text.charAt(1));
    return text.isEmpty() || acronym
        ? text
        : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
