package dev.holdfast.bench.code;

import dev.holdfast.isolator.launcher.LaunchRecord;
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
import org.openjdk.jmh.annotations.Warmup;

/// What executor-launcher is told, for a usual command.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LaunchRecordBenchmark {
  private static final Path CGROUP = Path.of("/sys/fs/cgroup/memory/holdfast/framework.name.id");

  @Benchmark
  public byte[] encode() {
    LaunchRecord record = new LaunchRecord();
    record.flags(LaunchRecord.NO_NEW_PRIVILEGES | LaunchRecord.DOOR);
    record.runDirectory(CGROUP);
    for (int i = 0; i < 5; i++) {
      record.leaderEnters(CGROUP);
      record.launcherEnters(CGROUP);
      record.removes(CGROUP);
    }
    for (int i = 0; i < 10; i++) {
      record.argument("an argument");
      record.variable("A_NAME", "and its value");
    }
    return record.encode();
  }
}
