package dev.holdfast.agent.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/// The answer to a request that Jetty refuses by itself: in the same form as all others.
final class ErrorReply implements Request.Handler {
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String reason = String.valueOf(request.getAttribute(ErrorHandler.ERROR_MESSAGE));
    Failure failure = Failure.ofJetty(response.getStatus(), reason);
    response.setStatus(failure.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Exchange.JSON);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.write(
        true, ByteBuffer.wrap(failure.json().getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }
}
