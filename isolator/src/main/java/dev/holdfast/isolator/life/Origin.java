package dev.holdfast.isolator.life;

import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.Verdict;
import java.util.Optional;

/// How a run comes into this process's hands, and whether it ends with it.
sealed interface Origin {
  /// Launched here, with this process's own descriptors; ends with it.
  record Attached() implements Origin {}

  /// Launched here; outlives this process.
  record Launched(Detached how) implements Origin {}

  /// Launched by a process before this one.
  ///
  /// @param decided why it was being ended then
  record Adopted(Optional<Verdict> decided) implements Origin {}
}
