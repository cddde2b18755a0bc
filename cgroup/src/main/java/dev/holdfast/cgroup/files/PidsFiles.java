package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.PidsController;
import java.nio.file.Path;

/// The pids controller, whose files are the same on v1 and v2.
public final class PidsFiles implements PidsController {
  private static final String NO_LIMIT = "max";

  private final CgroupFs fs;
  private final Path max;
  private final Path current;
  private final Path events;

  public PidsFiles(CgroupFs fs, Path directory) {
    this.fs = fs;
    max = directory.resolve("pids.max");
    current = directory.resolve("pids.current");
    events = directory.resolve("pids.events");
  }

  @Override
  public void setLimit(Limit<Long> limit) {
    fs.write(max, limit.value().map(String::valueOf).orElse(NO_LIMIT));
  }

  @Override
  public Limit<Long> limit() {
    String text = fs.read(max).strip();
    return text.equals(NO_LIMIT) ? Limit.unlimited() : Limit.at(ControlText.number(text, max));
  }

  @Override
  public long current() {
    return ControlText.number(fs, current);
  }

  @Override
  public long limitHits() {
    return ControlText.flatKeyed(fs, events).getOrDefault("max", 0L);
  }
}
