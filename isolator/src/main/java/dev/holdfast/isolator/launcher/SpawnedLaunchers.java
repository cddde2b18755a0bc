package dev.holdfast.isolator.launcher;

import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.SocketPair;
import dev.holdfast.linux.Spawn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Executes the program for each launcher: what suits a process with one run, or with runs now and
/// then.
public record SpawnedLaunchers(Path program) implements LauncherSource {
  @Override
  public Birth begin(List<String> label, Fd lock, List<Fd> stdio) {
    return new Birth() {
      @Override
      public Newborn await() {
        return start(label, lock, stdio);
      }

      @Override
      public void close() {}
    };
  }

  private Newborn start(List<String> label, Fd lock, List<Fd> stdio) {
    List<String> arguments = new ArrayList<>(List.of(LauncherProgram.NAME));
    arguments.addAll(label);
    SocketPair sockets = SocketPair.create();
    try {
      int pid = Spawn.start(program, arguments, List.of(sockets.theirs(), lock), stdio);
      sockets.theirs().close();
      return new Newborn(pid, true, sockets.ours());
    } catch (LinuxException e) {
      sockets.close();
      throw e;
    }
  }
}
