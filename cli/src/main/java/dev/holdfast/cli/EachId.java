package dev.holdfast.cli;

import dev.holdfast.api.HoldfastException;
import dev.holdfast.isolator.Verdict;
import java.util.List;

/// Does the same to several runs: what fails for one is told, and the others are done.
final class EachId {
  /// What is done to one run.
  interface Action {
    void apply(String id) throws InterruptedException;
  }

  private EachId() {}

  /// @return the exit code
  static int apply(List<String> ids, Streams streams, Action action) throws InterruptedException {
    int status = 0;
    for (String id : ids) {
      try {
        action.apply(id);
        streams.out().flush();
      } catch (HoldfastException e) {
        streams.message(e.getMessage());
        status = Verdict.OWN_ERROR_CODE;
        if (e.status() == 0) {
          break; // there is no agent: the others would hear the same
        }
      }
    }
    return status;
  }
}
