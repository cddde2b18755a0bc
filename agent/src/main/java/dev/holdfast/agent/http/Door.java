package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import org.eclipse.jetty.server.Request;

/// A way in: tells who came, and what it may do at all.
interface Door {
  /// @throws Refusal when it may not come in, or not with this request
  Caller admit(ClientEndPoint client, Request request);
}
