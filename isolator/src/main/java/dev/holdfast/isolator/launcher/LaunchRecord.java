package dev.holdfast.isolator.launcher;

import dev.holdfast.isolator.InvalidSpecException;
import dev.holdfast.linux.ByteText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The description that executor-launcher reads: a magic number, the body's length, and fields of
/// type, length and payload, padded to eight bytes, in the machine's byte order. `record.c` is the
/// other side.
public final class LaunchRecord {
  /// Sets `no_new_privs`.
  public static final int NO_NEW_PRIVILEGES = 1;

  /// The run ends when the holder of the control socket has gone.
  public static final int END_WITH_HOLDER = 2;

  /// The cgroups' root goes with the run, if the launcher is its last user. Only together with
  /// [#END_WITH_HOLDER].
  public static final int REMOVE_ROOT = 4;

  /// The launcher listens in the run's directory for a holder that comes later.
  public static final int DOOR = 8;

  /// The run has the stdin that the launcher was given, though its output goes into files.
  public static final int STDIN = 16;

  private static final int MAGIC = 0x314c4648; // "HFL1"
  private static final int HEADER = 8;
  private static final int FIELD_HEADER = 8;
  private static final int ALIGNMENT = 8;
  private static final int LONGEST_BODY = 4 << 20; // LONGEST_BODY of record.c

  private static final int USUAL_BODY = 4096;

  /// Fields up to its position, zeros from there on.
  private ByteBuffer body = buffer(USUAL_BODY);

  public LaunchRecord runDirectory(Path path) {
    return text(1, path.toString());
  }

  /// A v1 `tasks` file through which the launcher enters its own cgroup.
  public LaunchRecord launcherEnters(Path tasks) {
    return text(2, tasks.toString());
  }

  /// The cgroup2 directory that the launcher moves to.
  public LaunchRecord launcherClonesInto(Path directory) {
    return text(3, directory.toString());
  }

  public LaunchRecord leaderEnters(Path tasks) {
    return text(4, tasks.toString());
  }

  public LaunchRecord leaderClonesInto(Path directory) {
    return text(5, directory.toString());
  }

  public LaunchRecord argument(String argument) {
    return text(6, argument);
  }

  public LaunchRecord variable(String name, String value) {
    return text(7, name + "=" + value);
  }

  public LaunchRecord workDirectory(Path path) {
    return text(8, path.toString());
  }

  public LaunchRecord credentials(int uid, int gid, List<Integer> groups) {
    ByteBuffer payload = field(9, 12 + 4 * groups.size());
    payload.putInt(uid).putInt(gid).putInt(groups.size());
    groups.forEach(payload::putInt);
    return this;
  }

  /// @param soft and `hard`: all bits set for no limit
  public LaunchRecord resourceLimit(int resource, long soft, long hard) {
    field(10, 24).putInt(resource).putInt(0).putLong(soft).putLong(hard);
    return this;
  }

  public LaunchRecord umask(int mask) {
    field(11, 4).putInt(mask);
    return this;
  }

  public LaunchRecord flags(int flags) {
    field(12, 4).putInt(flags);
    return this;
  }

  public LaunchRecord stopTimeout(Duration timeout) {
    field(13, 8).putLong(timeout.toMillis());
    return this;
  }

  /// The v1 `memory.oom_control` whose killer is turned on when the holder has gone.
  public LaunchRecord oomSwitch(Path file) {
    return text(14, file.toString());
  }

  public LaunchRecord killFile(Path file) {
    return text(15, file.toString());
  }

  public LaunchRecord freezer(Path file) {
    return text(16, file.toString());
  }

  /// A `cgroup.procs` of the run.
  public LaunchRecord processes(Path file) {
    return text(17, file.toString());
  }

  /// A directory of the run's cgroup, to be removed when the holder has gone.
  public LaunchRecord removes(Path directory) {
    return text(18, directory.toString());
  }

  /// Has the launcher carry stdout (1) or stderr (2) into a file that is rotated.
  public LaunchRecord log(int stream, int files, long maximumBytes, Path file) {
    byte[] name = ByteText.encode(file.toString());
    field(19, 16 + name.length + 1).putInt(stream).putInt(files).putLong(maximumBytes).put(name);
    return this;
  }

  /// A file by which the launcher leaves our root before it removes it.
  public LaunchRecord leavesBy(Path tasks) {
    return text(20, tasks.toString());
  }

  /// A directory of our root, removed when nobody else uses it.
  public LaunchRecord removesRoot(Path directory) {
    return text(21, directory.toString());
  }

  /// A file to try to execute, in order.
  public LaunchRecord candidate(String file) {
    return text(22, file);
  }

  /// @throws InvalidSpecException when it is more than the launcher takes
  public byte[] encode() {
    int length = body.position();
    if (length > LONGEST_BODY) {
      throw new InvalidSpecException(
          "the command and its environment have "
              + length
              + " bytes: at most "
              + LONGEST_BODY
              + " are possible");
    }
    byte[] record = new byte[HEADER + length];
    ByteBuffer.wrap(record).order(ByteOrder.nativeOrder()).putInt(MAGIC).putInt(length);
    body.get(0, record, HEADER, length);
    return record;
  }

  private LaunchRecord text(int type, String text) {
    byte[] bytes = ByteText.encode(text);
    field(type, bytes.length + 1).put(bytes); // the terminating zero is there
    return this;
  }

  /// Begins a field; returns where its payload belongs.
  private ByteBuffer field(int type, int length) {
    int padded = length + (-length & (ALIGNMENT - 1));
    if (body.remaining() < FIELD_HEADER + padded) {
      ByteBuffer larger = buffer(2 * (body.position() + FIELD_HEADER + padded));
      body = larger.put(body.flip());
    }
    body.putInt(type).putInt(length);
    int start = body.position();
    body.position(start + padded);
    return body.slice(start, length).order(ByteOrder.nativeOrder());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
