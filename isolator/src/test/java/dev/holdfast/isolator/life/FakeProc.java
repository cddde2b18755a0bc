package dev.holdfast.isolator.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.linux.proc.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A `/proc` in a directory, as far as an out-of-memory report looks at it.
record FakeProc(Path directory) {
  ProcFs reader() {
    return new ProcFs(directory);
  }

  /// A process that holds anonymous memory.
  void add(int pid, Bytes anonymous, String... command) {
    write(
        pid,
        "status",
        "Name:\t%s\nPid:\t%d\nPPid:\t1\nUid:\t0\t0\t0\t0\nGroups:\t0 \nVmRSS:\t%d kB\nRssAnon:\t%d kB\nThreads:\t1\nNoNewPrivs:\t1\n"
            .formatted(
                command.length == 0 ? "nameless" : "named",
                pid,
                anonymous.count() / 1024,
                anonymous.count() / 1024));
    write(pid, "cmdline", String.join("\0", command));
  }

  /// A link, instead of the one that was there.
  void link(int pid, String name, Path target) {
    Path path = directory.resolve(Integer.toString(pid)).resolve(name);
    try {
      Files.createDirectories(path.getParent());
      Files.deleteIfExists(path);
      Files.createSymbolicLink(path, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(int pid, String file, String text) {
    Path path = directory.resolve(Integer.toString(pid)).resolve(file);
    try {
      Files.createDirectories(path.getParent());
      Files.write(path, text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
