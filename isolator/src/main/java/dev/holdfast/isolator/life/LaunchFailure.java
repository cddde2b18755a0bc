package dev.holdfast.isolator.life;

import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.linux.Errno;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Puts the step at which a launch failed into a sentence, and into the code that shells have for
/// it.
record LaunchFailure(ExecutorSpec spec, LauncherMessage.Step step, Errno errno) {
  Lifecycle.Event.LaunchFailed event() {
    String program = spec.command().getFirst();
    if (step != LauncherMessage.Step.EXEC) {
      return new Lifecycle.Event.LaunchFailed(
          Verdict.OWN_ERROR_CODE,
          "cannot " + step.action() + " for '" + program + "': " + errno.explanation());
    }
    if (errno.equals(Errno.ENOENT) || errno.equals(Errno.ENOTDIR)) {
      boolean isThere = program.indexOf('/') >= 0 && exists(program);
      return new Lifecycle.Event.LaunchFailed(
          Verdict.NOT_FOUND_CODE,
          isThere
              ? "cannot execute '" + program + "': the interpreter that it names does not exist"
              : program.indexOf('/') >= 0
                  ? "cannot find '" + program + "': " + errno.explanation()
                  : "cannot find '" + program + "' in the PATH of the run");
    }
    return new Lifecycle.Event.LaunchFailed(
        Verdict.NOT_EXECUTABLE_CODE, "cannot execute '" + program + "': " + errno.explanation());
  }

  private boolean exists(String program) {
    try {
      return Files.exists(spec.workDirectory().orElse(Path.of("")).resolve(program));
    } catch (InvalidPathException notANameForJava) {
      return false;
    }
  }
}
