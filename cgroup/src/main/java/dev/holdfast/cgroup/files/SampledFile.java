package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Pressure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// A control file of a sampler, with what it said last; kept open, or [opened each time][#keep].
/// Not thread-safe.
///
/// Each kind knows how to read its own text. A file that cannot be read says nothing, and is tried
/// again; one that is not there is not.
public abstract class SampledFile implements AutoCloseable {
  /// Stands for a number that the file did not tell.
  public static final long ABSENT = ControlBytes.ABSENT;

  /// What a file means by `max`.
  public static final long UNLIMITED = ControlBytes.UNLIMITED;

  private final CgroupFs fs;
  private final Path path;
  private Optional<CgroupFs.Opened> opened = Optional.empty();
  private boolean kept = true;
  private boolean missing;
  private long version;

  private SampledFile(CgroupFs fs, Path path) {
    this.fs = fs;
    this.path = path;
  }

  /// Returns whether it says anything else than before.
  abstract boolean parse(byte[] text, int length);

  /// Returns whether there was anything to forget.
  abstract boolean forget();

  /// Whether it told anything when it was last read.
  abstract boolean isKnown();

  /// Returns whether it says anything else than before.
  ///
  /// @param buffer lent for the time of the reading
  final boolean read(byte[] buffer) {
    boolean changed = !missing && readOpened(buffer);
    if (changed) {
      version++;
    }
    return changed;
  }

  /// Another number whenever it says something else.
  final long version() {
    return version;
  }

  /// Whether it stays open between two readings, as it does at first. The kernel keeps 4 KiB for
  /// each open file of cgroupfs that has been read.
  final void keep(boolean open) {
    kept = open;
    if (!open) {
      shut();
    }
  }

  private boolean readOpened(byte[] buffer) {
    try {
      return kept ? readKept(buffer) : readOnce(buffer);
    } catch (CgroupException.NotFound noSuchFile) {
      missing = true;
      return forget();
    } catch (CgroupException unreadable) {
      return forget();
    }
  }

  private boolean readKept(byte[] buffer) {
    if (opened.isEmpty()) {
      opened = Optional.of(fs.open(path));
    }
    return parse(buffer, opened.get().read(buffer));
  }

  private boolean readOnce(byte[] buffer) {
    try (CgroupFs.Opened once = fs.open(path)) {
      return parse(buffer, once.read(buffer));
    }
  }

  @Override
  public final void close() {
    shut();
    missing = false;
  }

  private void shut() {
    opened.ifPresent(CgroupFs.Opened::close);
    opened = Optional.empty();
  }

  /// A file with one number, or of which only the first counts.
  public static final class Single extends SampledFile {
    private long value = ABSENT;

    public Single(CgroupFs fs, Path path) {
      super(fs, path);
    }

    /// [#UNLIMITED] for `max`.
    public long value() {
      return value;
    }

    @Override
    boolean parse(byte[] text, int length) {
      return become(ControlBytes.number(text, 0, length));
    }

    @Override
    boolean forget() {
      return become(ABSENT);
    }

    private boolean become(long now) {
      boolean changed = now != value;
      value = now;
      return changed;
    }

    @Override
    boolean isKnown() {
      return value != ABSENT;
    }
  }

  /// Which lines of a file, or words, are wanted; the same for the samplers of all cgroups.
  public static final class Names {
    private final byte[][] encoded;

    private Names(byte[][] encoded) {
      this.encoded = encoded;
    }

    /// As the kernel writes them.
    public static Names of(String... names) {
      byte[][] encoded = new byte[names.length][];
      for (int i = 0; i < names.length; i++) {
        encoded[i] = names[i].getBytes(StandardCharsets.US_ASCII);
      }
      return new Names(encoded);
    }
  }

  /// Some lines of a file of `name number` lines, or the sums of some words of a file that has a
  /// line of `name=number` words for each device.
  public static final class Keyed extends SampledFile {
    private final boolean perDevice;
    private final Names names;
    private long[] values;
    private long[] spare;
    private boolean known;

    public Keyed(CgroupFs fs, Path path, Names names) {
      this(false, fs, path, names);
    }

    /// The sums over all devices.
    public static Keyed perDevice(CgroupFs fs, Path path, Names names) {
      return new Keyed(true, fs, path, names);
    }

    private Keyed(boolean perDevice, CgroupFs fs, Path path, Names names) {
      super(fs, path);
      this.perDevice = perDevice;
      this.names = names;
      int count = names.encoded.length;
      values = new long[count];
      spare = new long[count];
      Arrays.fill(values, ABSENT);
    }

    /// The number of the name given as the `index`th.
    public long value(int index) {
      return values[index];
    }

    /// The same, 0 where the kernel does not count it.
    public long orZero(int index) {
      return values[index] == ABSENT ? 0 : values[index];
    }

    @Override
    boolean parse(byte[] text, int length) {
      if (perDevice) {
        ControlBytes.sums(text, length, names.encoded, spare);
      } else {
        ControlBytes.flatKeyed(text, length, names.encoded, spare);
      }
      return become(true);
    }

    @Override
    boolean forget() {
      Arrays.fill(spare, ABSENT);
      return become(false);
    }

    /// What is in [#spare].
    private boolean become(boolean knownNow) {
      boolean changed = known != knownNow || !Arrays.equals(values, spare);
      long[] before = values;
      values = spare;
      spare = before;
      known = knownNow;
      return changed;
    }

    @Override
    public boolean isKnown() {
      return known;
    }
  }

  /// Stall information.
  static final class Stall extends SampledFile {
    private final Pressure.Resource resource;
    private Optional<Pressure> pressure = Optional.empty();

    Stall(CgroupFs fs, Path directory, Pressure.Resource resource) {
      super(fs, directory.resolve(resource.file()));
      this.resource = resource;
    }

    Pressure.Resource resource() {
      return resource;
    }

    Optional<Pressure> pressure() {
      return pressure;
    }

    @Override
    boolean parse(byte[] text, int length) {
      return become(PressureText.parse(text, length));
    }

    @Override
    boolean forget() {
      return become(Optional.empty());
    }

    private boolean become(Optional<Pressure> now) {
      boolean changed = !now.equals(pressure);
      pressure = now;
      return changed;
    }

    @Override
    boolean isKnown() {
      return pressure.isPresent();
    }
  }
}
