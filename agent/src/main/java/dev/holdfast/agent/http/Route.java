package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A path, a method, and what is done then.
///
/// @param path as in the API's document; `{id}` stands for a segment that names a run
/// @param parameters that may be in the query
/// @param body whether the action reads one
record Route(String method, String path, Set<String> parameters, boolean body, Action action) {
  static final String ID = "{id}";

  /// What a route does.
  interface Action {
    /// @throws IOException when the client is gone
    void run(Exchange exchange, Call call) throws IOException, InterruptedException;
  }

  /// What was asked.
  ///
  /// @param id of the run; empty where the path has none
  record Call(Caller caller, String id, Query query) {}

  /// @return what stands in the place of `{id}`, empty text when the path has none; or empty when
  ///   these segments are another path
  Optional<String> match(List<String> segments) {
    String[] own = path.substring(1).split("/", -1);
    if (own.length != segments.size()) {
      return Optional.empty();
    }
    String id = "";
    for (int i = 0; i < own.length; i++) {
      if (own[i].equals(ID)) {
        id = segments.get(i);
      } else if (!own[i].equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return path.contains(ID) && id.isEmpty() ? Optional.empty() : Optional.of(id);
  }
}
