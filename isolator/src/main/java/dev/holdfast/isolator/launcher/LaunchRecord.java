package dev.holdfast.isolator.launcher;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.ByteText;
import java.io.ByteArrayOutputStream;
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

  /// Descriptor 4 is the lock on the cgroups' root.
  public static final int LOCK = 4;

  /// The launcher listens in the run's directory for a holder that comes later.
  public static final int DOOR = 8;

  private static final int MAGIC = 0x314c4648; // "HFL1"
  private static final int HEADER = 8;
  private static final int ALIGNMENT = 8;
  private static final int LONGEST_BODY = 4 << 20; // LONGEST_BODY of record.c

  private final ByteArrayOutputStream body = new ByteArrayOutputStream(2048);

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
    ByteBuffer payload = buffer(12 + 4 * groups.size());
    payload.putInt(uid).putInt(gid).putInt(groups.size());
    for (int group : groups) {
      payload.putInt(group);
    }
    return field(9, payload);
  }

  /// @param soft and `hard`: all bits set for no limit
  public LaunchRecord resourceLimit(int resource, long soft, long hard) {
    return field(10, buffer(24).putInt(resource).putInt(0).putLong(soft).putLong(hard));
  }

  public LaunchRecord umask(int mask) {
    return field(11, buffer(4).putInt(mask));
  }

  public LaunchRecord flags(int flags) {
    return field(12, buffer(4).putInt(flags));
  }

  public LaunchRecord stopTimeout(Duration timeout) {
    return field(13, buffer(8).putLong(timeout.toMillis()));
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
    byte[] name = terminated(file.toString());
    return field(
        19, buffer(16 + name.length).putInt(stream).putInt(files).putLong(maximumBytes).put(name));
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

  /// @throws IsolatorException when it is more than the launcher takes
  public byte[] encode() {
    byte[] fields = body.toByteArray();
    if (fields.length > LONGEST_BODY) {
      throw new IsolatorException(
          "the command and its environment have "
              + fields.length
              + " bytes: at most "
              + LONGEST_BODY
              + " are possible");
    }
    ByteBuffer record = buffer(HEADER + fields.length);
    record.putInt(MAGIC).putInt(fields.length).put(fields);
    return bytes(record);
  }

  private LaunchRecord text(int type, String text) {
    byte[] bytes = terminated(text);
    return field(type, buffer(bytes.length).put(bytes));
  }

  private LaunchRecord field(int type, ByteBuffer payload) {
    byte[] bytes = bytes(payload);
    body.writeBytes(bytes(buffer(8).putInt(type).putInt(bytes.length)));
    body.writeBytes(bytes);
    body.writeBytes(new byte[-bytes.length & (ALIGNMENT - 1)]);
    return this;
  }

  private static byte[] terminated(String text) {
    byte[] bytes = ByteText.encode(text);
    return java.util.Arrays.copyOf(bytes, bytes.length + 1);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  private static byte[] bytes(ByteBuffer filled) {
    byte[] bytes = new byte[filled.position()];
    filled.flip().get(bytes);
    return bytes;
  }
}
