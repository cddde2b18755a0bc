package dev.holdfast.bench;

/// One way to do a topic's work.
///
/// @param every takes part in each so many rounds: for those that take a second
public record Contender(String name, int every, Measured work) {
  /// Does the work once.
  public interface Measured {
    /// Returns what it took, in the topic's unit.
    double once() throws Exception;
  }

  /// What `work` takes, in microseconds.
  public static Measured timed(Work work) {
    return () -> {
      long begin = System.nanoTime();
      work.run();
      return (System.nanoTime() - begin) / 1e3;
    };
  }

  /// What is timed.
  public interface Work {
    void run() throws Exception;
  }
}
