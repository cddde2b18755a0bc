package dev.holdfast.bench.code;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.KernelEvents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Reading the longest control file.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SampleBenchmark {
  private static final Path V1 = Path.of("/sys/fs/cgroup/memory/memory.stat");
  private static final Path FILE = Files.exists(V1) ? V1 : Path.of("/sys/fs/cgroup/memory.stat");

  private final KernelEvents events = new KernelEvents();
  private final CgroupFs fs = new KernelCgroupFs(events);
  private final CgroupFs.Opened opened = fs.open(FILE);
  private final byte[] buffer = new byte[16 * 1024];

  @Benchmark
  public String openReadClose() {
    return ControlFile.read(FILE);
  }

  @Benchmark
  public int readAgain() {
    return opened.read(buffer);
  }

  /// Files are opened for as long as this state lives.
  @TearDown
  public void close() {
    opened.close();
    events.close();
  }
}
