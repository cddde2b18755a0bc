package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.RunId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What the runs of each framework have used together, those included that have ended: it never
/// goes backwards. Thread-safe.
///
/// Each reading adds what is more than in the one before, so it does not matter in which order the
/// end of a run, its last readings and a restart of the agent come.
final class Totals {
  /// Runs that may still be heard of, live ones included.
  private static final int MOST_RUNS = 20_000;

  private final Map<String, Amounts> frameworks = new TreeMap<>();

  /// What each run has put in, the one longest unheard of first.
  private final Map<RunId, Amounts> runs =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Amounts> eldest) {
          return size() > MOST_RUNS;
        }
      };

  /// @param cpu microseconds
  /// @param throttled microseconds
  record Amounts(long cpu, long throttled, long oomKills) {
    static final Amounts NONE = new Amounts(0, 0, 0);

    private Amounts plus(Amounts more) {
      return new Amounts(cpu + more.cpu, throttled + more.throttled, oomKills + more.oomKills);
    }

    /// What of it goes beyond `before`.
    private Amounts beyond(Amounts before) {
      return new Amounts(
          Math.max(cpu - before.cpu, 0),
          Math.max(throttled - before.throttled, 0),
          Math.max(oomKills - before.oomKills, 0));
    }
  }

  /// A run of the framework has used so much since it began.
  synchronized void used(RunId run, String framework, Amounts sinceItBegan) {
    Amounts before = runs.getOrDefault(run, Amounts.NONE);
    Amounts more = sinceItBegan.beyond(before);
    runs.put(run, before.plus(more));
    frameworks.merge(framework, more, Amounts::plus);
  }

  synchronized Map<String, Amounts> byFramework() {
    return new TreeMap<>(frameworks);
  }

  synchronized Map<RunId, Amounts> byRun() {
    return new HashMap<>(runs);
  }

  /// What an agent before this one has counted.
  synchronized void restore(Map<String, Amounts> byFramework, Map<RunId, Amounts> byRun) {
    byFramework.forEach(
        (framework, amounts) -> frameworks.merge(framework, amounts, Amounts::plus));
    runs.putAll(byRun);
  }
}
