package dev.holdfast.isolator.life;

import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Fd;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// How a run comes into this process's hands, and whether it ends with it.
sealed interface Origin {
  /// Launched here; ends with this process.
  ///
  /// @param given what its stdin, stdout and stderr are, closed when it has them; absent for this
  ///   process's own
  record Attached(Optional<Fd> given) implements Origin {}

  /// Launched here; outlives this process.
  ///
  /// @param written done when whoever comes after us can find the run: nothing of it may live
  ///   before; failed when it is not to live at all
  record Launched(Detached how, CompletableFuture<Void> written) implements Origin {}

  /// Launched by a process before this one.
  ///
  /// @param decided why it was being ended then
  record Adopted(Optional<Verdict> decided) implements Origin {}

  /// What its launcher gets as stdin, stdout and stderr. An agent's own are no file for a run: what
  /// a run writes is carried into files.
  default List<Fd> stdio() {
    List<Fd> own = Fd.standardStreams();
    return switch (this) {
      case Attached(var all) -> all.map(it -> Collections.nCopies(own.size(), it)).orElse(own);
      case Launched(var how, _) ->
          how.stdin().map(it -> List.of(it, own.get(1), own.get(2))).orElse(own);
      case Adopted _ -> own;
    };
  }

  /// Closes what was given for it.
  default void letGo() {
    switch (this) {
      case Attached(var all) -> all.ifPresent(Fd::close);
      case Launched(var how, _) -> how.closeStdin();
      case Adopted _ -> {}
    }
  }
}
