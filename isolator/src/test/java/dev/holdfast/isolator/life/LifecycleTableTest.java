package dev.holdfast.isolator.life;

import static dev.holdfast.isolator.life.Lives.DESTROY;
import static dev.holdfast.isolator.life.Lives.ENDED;
import static dev.holdfast.isolator.life.Lives.FIRST;
import static dev.holdfast.isolator.life.Lives.GRACE;
import static dev.holdfast.isolator.life.Lives.INSPECT;
import static dev.holdfast.isolator.life.Lives.PENDING;
import static dev.holdfast.isolator.life.Lives.REPORT;
import static dev.holdfast.isolator.life.Lives.SECOND;
import static dev.holdfast.isolator.life.Lives.TERMINATE;
import static dev.holdfast.isolator.life.Lives.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.life.Lifecycle.Ending;
import dev.holdfast.isolator.life.Lifecycle.Event;
import dev.holdfast.isolator.life.Lifecycle.Fate;
import dev.holdfast.isolator.life.Lifecycle.State;
import dev.holdfast.isolator.life.Lifecycle.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every state × every event.
class LifecycleTableTest {
  /// What follows, by the names below; `.` changes nothing.
  private static final String TABLE =
      """
      state     launched failed  exited  gone     notice oom    stop  kill   over  removed stuck
      preparing running  !failed !itself !never   look   !oom   asked doomed .     .       .
      asked     term     !failed !ended  !never   look   !first .     sooner .     .       .
      doomed    !first   !failed !ended  !never   look   !first .     .      .     .       .
      running   .        .       !itself !lost    look   !oom   term2 !second .    .       .
      stopping  .        .       !ended  !unknown look   !first .     !first !first .      .
      killing   .        unknown ended   unknown  .      .      .     .      .     reaping done?
      ended     .        .       .       .        .      .      .     .      .     done    done
      unknown   .        .       ended   .        .      .      .     .      .     done?   done?
      reaping   .        done?   done    done?    .      .      .     .      .     .       .
      done      .        .       .       .        .      .      .     .      .     .       .
      done?     .        .       .       .        .      .      .     .      .     .       .
      """;

  private static final Map<String, Event> EVENTS = new LinkedHashMap<>();
  private static final Map<String, State> STATES = new LinkedHashMap<>();
  private static final Map<String, Step> STEPS = new LinkedHashMap<>();

  static {
    EVENTS.put("launched", Lives.LAUNCHED);
    EVENTS.put("failed", Lives.LAUNCH_FAILED);
    EVENTS.put("exited", Lives.EXITED);
    EVENTS.put("gone", Lives.LAUNCHER_GONE);
    EVENTS.put("notice", Lives.NOTICE);
    EVENTS.put("oom", Lives.OUT_OF_MEMORY);
    EVENTS.put("stop", Lives.STOP_AGAIN);
    EVENTS.put("kill", Lives.KILL_AGAIN);
    EVENTS.put("over", Lives.GRACE_OVER);
    EVENTS.put("removed", Lives.REMOVED);
    EVENTS.put("stuck", Lives.STUCK);

    STATES.put("preparing", Lifecycle.initial());
    STATES.put("asked", preparing(FIRST, GRACE));
    STATES.put("doomed", preparing(FIRST, Duration.ZERO));
    STATES.put("running", new State.Running());
    STATES.put("stopping", new State.Stopping(FIRST));
    STATES.put("killing", new State.Killing(FIRST, PENDING));
    STATES.put("ended", new State.Killing(FIRST, ENDED));
    STATES.put("unknown", new State.Killing(FIRST, UNKNOWN));
    STATES.put("reaping", new State.Reaping(FIRST));
    STATES.put("done", new State.Destroyed(FIRST, ENDED));
    STATES.put("done?", new State.Destroyed(FIRST, UNKNOWN));

    STATES.forEach((name, state) -> STEPS.put(name, Step.stay(state)));
    // What was asked for in the meantime is the event's, not the state's.
    STEPS.put("asked", Step.stay(preparing(SECOND, GRACE)));
    STEPS.put("doomed", Step.stay(preparing(SECOND, Duration.ZERO)));
    STEPS.put("sooner", Step.stay(preparing(FIRST, Duration.ZERO)));
    STEPS.put("term", new Step(new State.Stopping(FIRST), List.of(TERMINATE)));
    STEPS.put("term2", new Step(new State.Stopping(SECOND), List.of(TERMINATE)));
    STEPS.put("!itself", killing(new Ending.ByItself(), ENDED));
    STEPS.put("!failed", killing(new Ending.NotLaunched(127, "cannot find it"), UNKNOWN));
    STEPS.put(
        "!never",
        killing(
            new Ending.NotLaunched(
                Verdict.OWN_ERROR_CODE, "the executor-launcher ended before it had started it"),
            UNKNOWN));
    STEPS.put("!lost", killing(new Ending.LauncherGone(), UNKNOWN));
    STEPS.put("!oom", killing(new Ending.OutOfMemory(REPORT), PENDING));
    STEPS.put("!first", killing(FIRST, PENDING));
    STEPS.put("!second", killing(SECOND, PENDING));
    STEPS.put("!ended", killing(FIRST, ENDED));
    STEPS.put("!unknown", killing(FIRST, UNKNOWN));
  }

  private static State preparing(Ending ending, Duration grace) {
    return new State.Preparing(Optional.of(new Event.StopRequested(ending, grace)));
  }

  private static Step killing(Ending ending, Fate leader) {
    return new Step(new State.Killing(ending, leader), List.of(DESTROY));
  }

  private static <V> V named(Map<String, V> all, String name) {
    return Optional.ofNullable(all.get(name))
        .orElseThrow(() -> new IllegalStateException("the table has no '" + name + "'"));
  }

  static Stream<Arguments> cells() {
    List<String[]> rows = TABLE.lines().map(line -> line.split("\\s+", -1)).toList();
    List<Arguments> cells = new ArrayList<>();
    for (String[] row : rows.subList(1, rows.size())) {
      for (int column = 1; column < row.length; column++) {
        cells.add(Arguments.of(row[0], rows.getFirst()[column], row[column]));
      }
    }
    return cells.stream();
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @MethodSource("cells")
  void stepIsAsInTheTable(String stateName, String eventName, String cell) {
    State state = named(STATES, stateName);
    Step expected =
        switch (cell) {
          case "." -> Step.stay(state);
          case "look" -> new Step(state, List.of(INSPECT));
          default -> named(STEPS, cell);
        };

    assertThat(Lifecycle.next(state, named(EVENTS, eventName))).isEqualTo(expected);
  }

  @Test
  void theTableHasEveryKindOfStateAndEvent() {
    Set<List<Object>> inTable = new LinkedHashSet<>();
    cells()
        .map(Arguments::get)
        .forEach(cell ->
            inTable.add(
                List.of(
                    named(STATES, (String) cell[0]).getClass(),
                    named(EVENTS, (String) cell[1]).getClass())));
    Set<List<Object>> all = new LinkedHashSet<>();
    for (Class<?> state : State.class.getPermittedSubclasses()) {
      for (Class<?> event : Event.class.getPermittedSubclasses()) {
        all.add(List.of(state, event));
      }
    }

    assertThat(inTable).containsExactlyInAnyOrderElementsOf(all);
    assertThat(cells()).hasSize(STATES.size() * EVENTS.size());
  }
}
