package dev.holdfast.isolator.launcher;

import dev.holdfast.isolator.IsolatorException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Where the executor-launcher of this architecture is.
///
/// An installation has it as a file beside its jars, in the first directory of its module path.
/// Otherwise it is taken from the jar and kept in the directory given, under a name with its hash,
/// so that an older Holdfast's launchers go on from their own file.
public final class LauncherProgram {
  /// Of its file, and the first word of its command line.
  public static final String NAME = "executor-launcher";

  private LauncherProgram() {}

  /// @param keep where to keep it if it has to be taken from the jar; on a file system that lets
  ///   programs be executed
  /// @throws IsolatorException when there is none for this architecture, or it cannot be kept
  public static Path locate(Path keep) {
    // Not by the class' code source: its URL machinery costs a start some milliseconds.
    String modules = System.getProperty("jdk.module.path", "");
    int end = modules.indexOf(File.pathSeparatorChar);
    String first = end < 0 ? modules : modules.substring(0, end);
    Path installed = Path.of(first, NAME);
    return !first.isEmpty() && Files.isExecutable(installed) ? installed : extract(keep);
  }

  private static Path extract(Path keep) {
    String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    String resource = "/META-INF/native/linux-" + architecture + "/" + NAME;
    try (InputStream stream = LauncherProgram.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IsolatorException(
            "this build has no executor-launcher for " + architecture + ": build it there");
      }
      byte[] program = stream.readAllBytes();
      Path file = keep.resolve(NAME + "-" + hash(program));
      if (!Files.isExecutable(file)) {
        Files.createDirectories(keep);
        Path temporary =
            Files.createTempFile(
                keep,
                NAME,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.write(temporary, program);
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return file;
    } catch (IOException e) {
      throw new IsolatorException(
          "cannot keep the executor-launcher in " + keep + ": " + e.getMessage(), e);
    }
  }

  private static String hash(byte[] program) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(program);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
