package dev.holdfast.isolator.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RunId;
import dev.holdfast.linux.proc.Cpu;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// The books balance after any sequence of requests on any machine.
class CpuLedgerPropertyTest {
  private static final int WHOLE = 1000;
  private static final int RUNS = 5;

  /// One request of one of [#RUNS] runs.
  ///
  /// @param release instead of assigning a part of the machine
  record Request(int run, boolean release, int part) {}

  private final List<RunId> runs = new ArrayList<>();

  CpuLedgerPropertyTest() {
    for (int i = 0; i < RUNS; i++) {
      runs.add(RunId.random());
    }
  }

  @Property(tries = 300)
  void nothingIsLostAndNothingGivenTwice(
      @ForAll("machines") List<Cpu> machine, @ForAll("requests") List<Request> requests) {
    CpuLedger ledger = new CpuLedger(() -> machine);
    Map<RunId, Cpus> held = new HashMap<>();
    for (Request request : requests) {
      RunId run = runs.get(request.run);
      if (request.release) {
        ledger.release(run);
        held.remove(run);
      } else {
        Cpus target = new Cpus((long) request.part * machine.size());
        Cpus free = ledger.free();
        Cpus had = held.getOrDefault(run, new Cpus(0));
        boolean fits = target.millis() <= had.millis() + free.millis();
        assertThat(assign(ledger, run, target, held)).as("%s of %s", target, free).isEqualTo(fits);
      }
      assertBalanced(ledger, machine, held);
    }
    runs.forEach(ledger::release);
    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(machine.size()));
  }

  /// Returns whether the ledger gave it; writes it down if so.
  private static boolean assign(CpuLedger ledger, RunId run, Cpus target, Map<RunId, Cpus> held) {
    try {
      CpuSet given = ledger.assign(run, target);
      assertThat((long) given.size() * WHOLE).isGreaterThanOrEqualTo(target.millis());
      held.put(run, target);
      return true;
    } catch (IsolatorException refused) {
      return false;
    }
  }

  private static void assertBalanced(CpuLedger ledger, List<Cpu> machine, Map<RunId, Cpus> held) {
    long sum = held.values().stream().mapToLong(Cpus::millis).sum();
    assertThat(ledger.free().millis()).isEqualTo((long) machine.size() * WHOLE - sum);
    // Whoever asks for what he has is told where it is: no CPU can carry more than a whole.
    Map<Integer, Integer> users = new HashMap<>();
    long wholes = 0;
    for (Map.Entry<RunId, Cpus> entry : held.entrySet()) {
      CpuSet own = ledger.assign(entry.getKey(), entry.getValue());
      own.ids().forEach(id -> users.merge(id, 1, Integer::sum));
      wholes += own.size();
    }
    assertThat(users.keySet()).isSubsetOf(machine.stream().map(Cpu::id).toList());
    assertThat((long) users.size() * WHOLE).isGreaterThanOrEqualTo(sum);
    assertThat(wholes * WHOLE).isGreaterThanOrEqualTo(sum);
  }

  /// What is free after any sequence can be had by one run to the last thousandth: nothing hides on
  /// a CPU that is over-full.
  @Property(tries = 300)
  void whatIsFreeCanBeHad(
      @ForAll("machines") List<Cpu> machine, @ForAll("requests") List<Request> requests) {
    CpuLedger ledger = new CpuLedger(() -> machine);
    for (Request request : requests) {
      if (request.release) {
        ledger.release(runs.get(request.run));
      } else {
        assign(
            ledger,
            runs.get(request.run),
            new Cpus((long) request.part * machine.size()),
            new HashMap<>());
      }
    }
    RunId rest = RunId.random();
    Cpus free = ledger.free();

    ledger.assign(rest, free);

    assertThat(ledger.free()).isEqualTo(new Cpus(0));
    ledger.release(rest);
    assertThat(ledger.free()).isEqualTo(free);
  }

  @Property(tries = 100)
  void wholeCpusAreNeverShared(
      @ForAll("machines") List<Cpu> machine, @ForAll @IntRange(min = 1, max = 16) int each) {
    CpuLedger ledger = new CpuLedger(() -> machine);
    List<Integer> given = new ArrayList<>();
    while (ledger.free().compareTo(Cpus.ofWhole(each)) >= 0) {
      given.addAll(ledger.assign(RunId.random(), Cpus.ofWhole(each)).ids());
    }

    assertThat(given).doesNotHaveDuplicates().hasSize(machine.size() / each * each);
  }

  @Property(tries = 100)
  void oneRunGetsWholeCoresBeforeThePartOfAnother(
      @ForAll("machines") List<Cpu> machine, @ForAll @IntRange(min = 1, max = 256) int wanted) {
    int count = Math.min(wanted, machine.size());
    List<Integer> expected = machine.stream().sorted().limit(count).map(Cpu::id).sorted().toList();

    assertThat(new CpuLedger(() -> machine).assign(runs.getFirst(), Cpus.ofWhole(count)).ids())
        .isEqualTo(expected);
  }

  /// After a restart all that is known is who has how much, and the kernel's cpusets.
  @Property(tries = 300)
  void booksMadeAgainFromTheCpusetsAreAsGood(
      @ForAll("machines") List<Cpu> machine,
      @ForAll("requests") List<Request> requests,
      @ForAll Random order) {
    CpuLedger before = new CpuLedger(() -> machine);
    Map<RunId, Cpus> held = new HashMap<>();
    for (Request request : requests) {
      RunId run = runs.get(request.run);
      if (request.release) {
        before.release(run);
        held.remove(run);
      } else {
        assign(before, run, new Cpus((long) request.part * machine.size()), held);
      }
    }
    List<Map.Entry<RunId, Cpus>> shuffled = new ArrayList<>(held.entrySet());
    Collections.shuffle(shuffled, order);

    CpuLedger after = new CpuLedger(() -> machine);
    for (Map.Entry<RunId, Cpus> each : shuffled) {
      after.restore(each.getKey(), each.getValue(), before.cpus(each.getKey()));
    }

    for (RunId run : held.keySet()) {
      assertThat(after.cpus(run)).isEqualTo(before.cpus(run));
    }
    assertThat(after.free()).isEqualTo(before.free());
    after.assign(RunId.random(), after.free());
    assertThat(after.free()).isEqualTo(new Cpus(0));
  }

  /// 1 to 256 CPUs on one or two sockets, with one or two threads a core, numbered as the kernel
  /// does: all first threads, sockets in turn, then all second threads.
  @Provide
  static Arbitrary<List<Cpu>> machines() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 256), Arbitraries.of(1, 2), Arbitraries.of(1, 2))
        .as(CpuLedgerPropertyTest::machine);
  }

  private static List<Cpu> machine(int count, int sockets, int threads) {
    int cores = Math.max(1, count / threads);
    List<Cpu> cpus = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      int core = id % cores;
      cpus.add(new Cpu(id, core / sockets, core % sockets));
    }
    return cpus;
  }

  @Provide
  static Arbitrary<List<Request>> requests() {
    return Combinators.combine(
            Arbitraries.integers().between(0, RUNS - 1),
            Arbitraries.of(false, false, false, true),
            Arbitraries.integers().between(0, 600))
        .as(Request::new)
        .list()
        .ofMaxSize(40);
  }
}
