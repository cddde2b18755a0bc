package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Several ways to do the same work, and what is to be reached. The first contender is the floor
/// unless another is named.
public final class Topic {
  private static final int FEWEST_ROUNDS = 3;
  private static final int LOOKS = 5;

  private final String title;
  private final String unit;
  private final List<Contender> contenders = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();
  private int warmUps = 2;
  private int mostRounds = 1000;

  /// @param unit of all its figures
  public Topic(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  public Topic contender(String name, Contender.Measured work) {
    return contender(name, 1, work);
  }

  public Topic contender(String name, int every, Contender.Measured work) {
    contenders.add(new Contender(name, every, work));
    return this;
  }

  /// The median of `contender` is at most `most` times that of `of`.
  public Topic goal(String contender, double most, String of) {
    goals.add(new Goal(contender, most, Optional.of(of)));
    return this;
  }

  /// The median of `contender` is at most `most` units.
  public Topic goal(String contender, double most) {
    goals.add(new Goal(contender, most, Optional.empty()));
    return this;
  }

  /// Rounds whose figures do not count.
  public Topic warmUps(int count) {
    warmUps = count;
    return this;
  }

  public Topic rounds(int most) {
    mostRounds = most;
    return this;
  }

  /// Lets all take turns until `patience` is over.
  public TopicResult run(Duration patience) throws Exception {
    Map<String, List<Double>> figures = new LinkedHashMap<>();
    LoadGate gate = new LoadGate();
    for (int i = 0; i < warmUps; i++) {
      round(i * 2, new LinkedHashMap<>());
    }
    long begin = System.nanoTime();
    int rounds = 0;
    while (rounds < FEWEST_ROUNDS
        || (rounds < mostRounds && System.nanoTime() - begin < patience.toNanos())) {
      gate.lookSometimes();
      round(rounds++, figures);
    }
    gate.look();
    Map<String, Series> measured = new LinkedHashMap<>();
    figures.forEach((name, list) -> measured.put(name, Series.of(name, list)));
    return result(title, unit, measured, goals, gate);
  }

  private void round(int number, Map<String, List<Double>> figures) throws Exception {
    for (Contender each : contenders) {
      if (number % each.every() == 0) {
        double figure = each.work().once();
        figures.computeIfAbsent(each.name(), _ -> new ArrayList<>()).add(figure);
      }
    }
  }

  private static TopicResult result(
      String title, String unit, Map<String, Series> found, List<Goal> goals, LoadGate gate) {
    List<Goal.Judged> judged = new ArrayList<>();
    for (Goal goal : goals) {
      goal.judge(found, unit).ifPresent(judged::add);
    }
    return new TopicResult(title, unit, List.copyOf(found.values()), judged, gate.foreign());
  }

  /// Figures that are found once, not in turns.
  public static final class Figures {
    private final String title;
    private final String unit;
    private final Map<String, Series> found = new LinkedHashMap<>();
    private final List<Goal> goals = new ArrayList<>();

    public Figures(String title, String unit) {
      this.title = title;
      this.unit = unit;
    }

    public Figures add(String name, double figure) {
      found.put(name, Series.of(name, List.of(figure)));
      return this;
    }

    public Figures atMost(String name, double most) {
      goals.add(new Goal(name, most, Optional.empty()));
      return this;
    }

    /// @return what was found, with how busy others were just now
    public TopicResult result() throws IOException, InterruptedException {
      LoadGate gate = new LoadGate();
      for (int i = 0; i < LOOKS; i++) {
        gate.look();
      }
      return Topic.result(title, unit, found, goals, gate);
    }
  }
}
