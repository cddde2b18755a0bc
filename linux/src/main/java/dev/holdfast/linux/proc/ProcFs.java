package dev.holdfast.linux.proc;

import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The reader of `/proc`, proc(5).
///
/// A process that is gone is an empty [Optional]; every other refusal flies as [LinuxException], a
/// text of another form as [MalformedException]. What is not UTF-8 is replaced. Immutable, for any
/// thread; nothing is kept open.
///
/// @param root where the file system is mounted
public record ProcFs(Path root) {
  private static final String BOOT_ID = "sys/kernel/random/boot_id";
  private static final int UUID_LENGTH = 36;

  /// The reader of `/proc` itself.
  public static ProcFs system() {
    return new ProcFs(Path.of("/proc"));
  }

  /// The mounts that this process sees: `/proc/self/mountinfo`.
  public List<Mount> mounts() {
    return Mount.parseAll(read("self/mountinfo"));
  }

  /// Whether the kernel was built with cgroups.
  public boolean hasCgroups() {
    return Files.exists(root.resolve("cgroups"));
  }

  /// The controllers that the kernel has: `/proc/cgroups`.
  public List<Subsystem> subsystems() {
    return Subsystem.parseAll(read("cgroups"));
  }

  /// The cgroups of this process: `/proc/self/cgroup`.
  public List<Membership> selfMemberships() {
    return Membership.parseAll(read("self/cgroup"));
  }

  /// The cgroups of a process: `/proc/PID/cgroup`. A zombie is in the root of a v1 hierarchy, but
  /// still in its cgroup of the v2 hierarchy.
  public Optional<List<Membership>> memberships(int pid) {
    Optional<String> text = readOf(pid, "cgroup");
    return text.isPresent() ? Optional.of(Membership.parseAll(text.get())) : Optional.empty();
  }

  /// The processors that are online: `/proc/cpuinfo`.
  public List<Cpu> cpus() {
    return Cpu.parseAll(read("cpuinfo"));
  }

  /// The kernel's short name for a process, at most 15 bytes: `/proc/PID/comm`; a zombie has one.
  public Optional<String> name(int pid) {
    Optional<String> text = readOf(pid, "comm");
    return text.map(it -> it.endsWith("\n") ? it.substring(0, it.length() - 1) : it);
  }

  /// `/proc/PID/stat`; a zombie has one.
  public Optional<PidStat> stat(int pid) {
    Optional<String> text = readOf(pid, "stat");
    return text.isPresent() ? Optional.of(PidStat.parse(text.get())) : Optional.empty();
  }

  /// `/proc/PID/status`; a zombie has one.
  public Optional<PidStatus> status(int pid) {
    Optional<String> text = readOf(pid, "status");
    return text.isPresent() ? Optional.of(PidStatus.parse(text.get())) : Optional.empty();
  }

  /// The uid of whom the kernel lets look into a process: its effective user, or 0 where that may
  /// not (see PR_SET_DUMPABLE in prctl(2)). Empty when there is no such process.
  public OptionalInt owner(int pid) {
    try {
      Object uid = Files.getAttribute(root.resolve(Integer.toString(pid)), "unix:uid");
      return OptionalInt.of((Integer) uid);
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  /// `/proc/PID/smaps_rollup`. Empty also for zombies and kernel threads, which have no memory of
  /// their own, and on kernels before 4.14.
  ///
  /// @throws LinuxException EACCES for a process of another user, unless the caller may trace it
  public Optional<SmapsRollup> smapsRollup(int pid) {
    Optional<String> text = readOf(pid, "smaps_rollup");
    return text.isPresent() ? Optional.of(SmapsRollup.parse(text.get())) : Optional.empty();
  }

  /// The arguments of a process: `/proc/PID/cmdline`, as far as `limitBytes` reach, so the last one
  /// may be cut. No arguments for zombies and kernel threads. The process can change what stands
  /// there.
  public Optional<List<String>> commandLine(int pid, int limitBytes) {
    Optional<byte[]> bytes = bytesOf(pid, "cmdline", limitBytes);
    return bytes.isPresent() ? Optional.of(arguments(bytes.get())) : Optional.empty();
  }

  /// Where a process has the file open that is its descriptor `fd`: `/proc/PID/fd/FD`. To open it
  /// or ask for its attributes reaches that very file, whatever is now at the path that it shows.
  public Path openFile(int pid, int fd) {
    return root.resolve(Integer.toString(pid)).resolve("fd").resolve(Integer.toString(fd));
  }

  /// A UUID that the kernel draws at boot: `/proc/sys/kernel/random/boot_id`, random(4).
  public String bootId() {
    String text = read(BOOT_ID);
    String id = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (!isUuid(id)) {
      throw new MalformedException("/proc/".concat(BOOT_ID), id, "a UUID");
    }
    return id;
  }

  /// The memory of the host: `/proc/meminfo`.
  public MemInfo memInfo() {
    return MemInfo.parse(read("meminfo"));
  }

  /// Splits at NUL. The last argument may lack its NUL: a limit cut it, or the process did.
  static List<String> arguments(byte[] commandLine) {
    List<String> arguments = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        arguments.add(new String(commandLine, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    if (start < commandLine.length) {
      arguments.add(
          new String(commandLine, start, commandLine.length - start, StandardCharsets.UTF_8));
    }
    return List.copyOf(arguments);
  }

  private String read(String file) {
    return ControlFile.read(root.resolve(file));
  }

  private Optional<String> readOf(int pid, String file) {
    Optional<byte[]> bytes = bytesOf(pid, file, Integer.MAX_VALUE);
    return bytes.isPresent()
        ? Optional.of(new String(bytes.get(), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private Optional<byte[]> bytesOf(int pid, String file, int limitBytes) {
    Path path = root.resolve(Integer.toString(pid)).resolve(file);
    try {
      return Optional.of(ControlFile.readBytes(path, limitBytes));
    } catch (LinuxException e) {
      // ENOENT when it had gone before the open, ESRCH when it went between open and read.
      if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean isUuid(String text) {
    if (text.length() != UUID_LENGTH) {
      return false;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      boolean hexadecimal = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (dash ? c != '-' : !hexadecimal) {
        return false;
      }
    }
    return true;
  }
}
