package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.life.Lifecycle.Effect;
import dev.holdfast.isolator.life.Lifecycle.Ending;
import dev.holdfast.isolator.life.Lifecycle.Event;
import dev.holdfast.isolator.life.Lifecycle.State;
import dev.holdfast.isolator.life.Lifecycle.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What holds for any events in any order.
class LifecyclePropertyTest {
  @Property(tries = 5000)
  void thereIsOneDestroyAndItIsOneStepBeforeKilling(@ForAll("anyEvents") List<Event> events) {
    State state = Lifecycle.initial();
    int destroys = 0;
    for (Event event : events) {
      Step step = Lifecycle.next(state, event);
      destroys += count(step, Effect.Destroy.class);
      assertThat(destroys)
          .as("after %s", event)
          .isEqualTo(ending(step.state()).isPresent() ? 1 : 0);
      state = step.state();
    }
  }

  @Property(tries = 5000)
  void anEndingNeverChanges(@ForAll("anyEvents") List<Event> events) {
    Optional<Ending> before = Optional.empty();
    for (State state : Lives.walk(events).states()) {
      if (before.isPresent()) {
        assertThat(ending(state)).isEqualTo(before);
      }
      before = ending(state);
    }
  }

  @Property(tries = 5000)
  void noStateIsEnteredTwice(@ForAll("anyEvents") List<Event> events) {
    List<Class<?>> kinds = new ArrayList<>();
    for (State state : Lives.walk(events).states()) {
      if (kinds.isEmpty() || !kinds.getLast().equals(state.getClass())) {
        kinds.add(state.getClass());
      }
    }

    assertThat(kinds).doesNotHaveDuplicates();
  }

  @Property(tries = 5000)
  void itIsAskedToEndAtMostOnce(@ForAll("anyEvents") List<Event> events) {
    assertThat(Lives.walk(events).effects())
        .filteredOn(Effect.Terminate.class::isInstance)
        .hasSizeLessThan(2);
  }

  @Property(tries = 5000)
  void whatIsDestroyedStaysAsItIs(
      @ForAll("anyEvents") List<Event> events, @ForAll("event") Event last) {
    State state = Lives.walk(events).end();
    if (state instanceof State.Destroyed) {
      assertThat(Lifecycle.next(state, last)).isEqualTo(Step.stay(state));
    }
  }

  /// Whatever happened before: when the cgroup has gone and the launcher with it, the run is over.
  @Property(tries = 5000)
  void noRunHangs(@ForAll("anyEvents") List<Event> events) {
    List<Event> all = new ArrayList<>(events);
    all.add(Lives.LAUNCHER_GONE);
    all.add(Lives.REMOVED);
    all.add(Lives.LAUNCHER_GONE);

    assertThat(Lives.walk(all).end()).isInstanceOf(State.Destroyed.class);
  }

  @Property(tries = 5000)
  void aKillBeforeAnyOtherEndingIsTheEndingOfEveryRunThatIsLaunched(
      @ForAll("anyEvents") List<Event> events) {
    List<Event> all = new ArrayList<>(List.of(Lives.LAUNCHED, Lives.KILL));
    all.addAll(events);

    assertThat(ending(Lives.walk(all).end())).contains(Lives.FIRST);
  }

  private static int count(Step step, Class<? extends Effect> type) {
    return (int) step.effects().stream().filter(type::isInstance).count();
  }

  /// The ending of a run that is being destroyed, or has been.
  private static Optional<Ending> ending(State state) {
    return switch (state) {
      case State.Preparing _, State.Running _, State.Stopping _ -> Optional.empty();
      case State.Killing(var ending, _) -> Optional.of(ending);
      case State.Reaping(var ending) -> Optional.of(ending);
      case State.Destroyed(var ending, _) -> Optional.of(ending);
    };
  }

  @Provide
  static Arbitrary<Event> event() {
    return Arbitraries.of(
        Lives.LAUNCHED,
        Lives.LAUNCH_FAILED,
        Lives.EXITED,
        Lives.LAUNCHER_GONE,
        Lives.NOTICE,
        Lives.OUT_OF_MEMORY,
        Lives.STOP,
        Lives.KILL,
        Lives.STOP_AGAIN,
        Lives.KILL_AGAIN,
        Lives.GRACE_OVER,
        Lives.REMOVED,
        Lives.STUCK);
  }

  @Provide
  static Arbitrary<List<Event>> anyEvents() {
    return event().list().ofMaxSize(12);
  }
}
