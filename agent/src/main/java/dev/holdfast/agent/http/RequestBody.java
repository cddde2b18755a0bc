package dev.holdfast.agent.http;

import dev.holdfast.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/// Reads a request's JSON, and never more of it than is allowed.
final class RequestBody {
  private RequestBody() {}

  /// Waits for the body.
  ///
  /// @return empty when there is none
  /// @throws Refusal when it is larger than `most` bytes, or not JSON in UTF-8 by its header or its
  ///   bytes
  static Optional<String> read(Request request, int most) throws IOException {
    if (request.getLength() > most) {
      throw tooLarge(most);
    }
    byte[] bytes;
    try (InputStream content = Content.Source.asInputStream(request)) {
      bytes = content.readNBytes(most + 1);
      if (bytes.length > most) {
        throw tooLarge(most);
      }
    }
    if (bytes.length == 0) {
      return Optional.empty();
    }
    checkType(request);
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw Refusal.badRequest("the body is not UTF-8");
    }
  }

  /// @throws Refusal when `text` is not the JSON of a `type`
  static <T> T parse(String text, Class<T> type) {
    try {
      return Json.parse(text, type);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(Optional.ofNullable(e.getMessage()).orElse("malformed body"));
    }
  }

  private static Refusal tooLarge(int most) {
    return Refusal.tooLarge("the body is larger than " + most + " bytes");
  }

  private static void checkType(Request request) {
    if (request.getHeaders().contains(HttpHeader.CONTENT_ENCODING)) {
      throw Refusal.badRequest("the body has a 'Content-Encoding': only plain JSON is read");
    }
    String header = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (header == null) {
      return;
    }
    String[] parts = header.toLowerCase(Locale.ROOT).split(";", 2);
    // What curl says of a -d without a word on it. No page of a browser can send it here: the Unix
    // socket is out of its reach, and over TCP it would have to show the token.
    boolean json = parts[0].strip().matches("application/(json|x-www-form-urlencoded)");
    boolean utf8 = parts.length == 1 || parts[1].strip().matches("|charset=\"?utf-8\"?");
    if (!json || !utf8) {
      throw Refusal.badRequest(
          "the body's 'Content-Type' is '" + header + "', not application/json");
    }
  }
}
