package dev.holdfast.testkit.fake.v2;

import dev.holdfast.cgroup.Io;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// v2's io controller, as far as it counts, with two disks. A cgroup that has used none has an
/// empty file.
public final class IoV2 implements Part {
  private final Node node;
  private Io own = new Io(0, 0, 0, 0);

  IoV2(Node node) {
    this.node = node;
  }

  @Override
  public Map<String, Control> files() {
    return Map.of("io.stat", Control.readOnly(this::stat));
  }

  /// What its own processes have done.
  public void set(Io io) {
    own = io;
  }

  private String stat() {
    Io all = new Io(sum(Io::readBytes), sum(Io::writtenBytes), sum(Io::reads), sum(Io::writes));
    if (all.equals(new Io(0, 0, 0, 0))) {
      return "";
    }
    Io first =
        new Io(all.readBytes() / 2, all.writtenBytes() / 2, all.reads() / 2, all.writes() / 2);
    return line("8:0", first)
        + line(
            "8:16",
            new Io(
                all.readBytes() - first.readBytes(),
                all.writtenBytes() - first.writtenBytes(),
                all.reads() - first.reads(),
                all.writes() - first.writes()));
  }

  private static String line(String device, Io io) {
    return "%s rbytes=%d wbytes=%d rios=%d wios=%d dbytes=0 dios=0\n"
        .formatted(device, io.readBytes(), io.writtenBytes(), io.reads(), io.writes());
  }

  private long sum(ToLongFunction<Io> amount) {
    List<IoV2> parts = node.subtree().stream().flatMap(it -> it.part(IoV2.class).stream()).toList();
    return parts.stream().mapToLong(it -> amount.applyAsLong(it.own)).sum();
  }
}
