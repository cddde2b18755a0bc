package dev.holdfast.isolator.life;

import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Fd;
import java.util.Optional;

/// How a run comes into this process's hands, and whether it ends with it.
sealed interface Origin {
  /// Launched here; ends with this process.
  ///
  /// @param stdio what its stdin, stdout and stderr are, closed here when it has them; absent for
  ///   this process's own
  record Attached(Optional<Fd> stdio) implements Origin {}

  /// Launched here; outlives this process.
  record Launched(Detached how) implements Origin {}

  /// Launched by a process before this one.
  ///
  /// @param decided why it was being ended then
  record Adopted(Optional<Verdict> decided) implements Origin {}
}
