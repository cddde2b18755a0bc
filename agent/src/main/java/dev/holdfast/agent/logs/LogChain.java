package dev.holdfast.agent.logs;

import dev.holdfast.linux.UntrustedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of one stream of one run: `stdout` is being written, `stdout.1` was before it, and so
/// on. They stand in a directory of the run's user, who may put anything there.
record LogChain(Path newest, int files) {
  /// Those that there are, open, the oldest first.
  List<UntrustedFile> open() {
    List<UntrustedFile> open = new ArrayList<>();
    try {
      // The newest first: a file that is renamed meanwhile is met twice, not never.
      for (int number = 0; number < files; number++) {
        UntrustedFile.open(path(number)).ifPresent(file -> addFirst(open, file));
      }
    } catch (RuntimeException e) {
      open.forEach(UntrustedFile::close);
      throw e;
    }
    return open;
  }

  private static void addFirst(List<UntrustedFile> open, UntrustedFile file) {
    if (!open.isEmpty() && open.getFirst().identity().equals(file.identity())) {
      file.close();
    } else {
      open.addFirst(file);
    }
  }

  /// The file that was begun after `current`; empty while `current` is the one being written. When
  /// `current` has been removed, the oldest that there is.
  Optional<UntrustedFile> after(UntrustedFile.Identity current) {
    Optional<UntrustedFile> later = Optional.empty();
    for (int number = 0; number < files; number++) {
      Optional<UntrustedFile> file = UntrustedFile.open(path(number));
      if (file.isPresent() && file.get().identity().equals(current)) {
        file.get().close();
        return later;
      }
      if (file.isPresent()) {
        later.ifPresent(UntrustedFile::close);
        later = file;
      }
    }
    return later;
  }

  private Path path(int number) {
    return number == 0 ? newest : newest.resolveSibling(newest.getFileName() + "." + number);
  }
}
