package dev.holdfast.agent.http;

import java.time.Duration;

/// What clients may cost.
///
/// @param headBytes of a request's line and headers
/// @param bodyBytes of a request's body
/// @param connections open at the same time; the next is told to come back later
/// @param requestTime from a request's first byte to its last
/// @param idleTime until a silent connection is closed, or one that does not take its answer;
///   streams and waits are not idle
/// @param heartbeat between signs of life in a stream of events
/// @param eventBacklog events that a client may be behind before it is dropped
/// @param grace for what is being served when the server closes
public record HttpLimits(
    int headBytes,
    int bodyBytes,
    int connections,
    Duration requestTime,
    Duration idleTime,
    Duration heartbeat,
    int eventBacklog,
    Duration grace) {
  public static final HttpLimits STANDARD =
      new HttpLimits(
          16 * 1024,
          1024 * 1024,
          4096,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          1000,
          Duration.ofSeconds(1));
}
