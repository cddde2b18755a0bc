package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembershipTest {
  @Test
  void readsAllControllersOfAV1Hierarchy() {
    assertThat(Membership.parseAll(Recorded.text("cgroup-v1")))
        .containsExactly(
            new Membership(9, List.of("freezer"), "/"),
            new Membership(8, List.of("memory"), "/system.slice/sshd.service"),
            new Membership(7, List.of("cpuacct", "cpu"), "/system.slice/sshd.service"),
            new Membership(4, List.of("cpuset"), "/"),
            new Membership(1, List.of("name=systemd"), "/system.slice/sshd.service"));
  }

  @Test
  void readsTheV2LineOfAHybridHostAsOneWithoutControllers() {
    assertThat(Membership.parseAll(Recorded.text("cgroup-hybrid")))
        .hasSize(6)
        .last()
        .isEqualTo(new Membership(0, List.of(), "/user.slice/user-1000.slice/session-4.scope"));
  }

  @Test
  void keepsTheColonsOfAPath() {
    assertThat(Membership.parseAll(Recorded.text("cgroup-v2")))
        .containsExactly(new Membership(0, List.of(), "/system.slice/run-a:b.scope"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "0:", "0:cpu", "x::/", ":cpu:/", "-1::/", "0::", "0::a", "3:cpu:a:/"})
  void refusesALineOfAnotherForm(String line) {
    assertThatThrownBy(() -> Membership.parseAll("1:cpu:/\n" + line + "\n"))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith("/proc/PID/cgroup: expected ");
  }

  @Property
  void readsBackWhatTheKernelWouldWrite(@ForAll("memberships") List<Membership> memberships) {
    StringBuilder text = new StringBuilder();
    for (Membership m : memberships) {
      text.append(m.hierarchyId()).append(':').append(String.join(",", m.controllers()));
      text.append(':').append(m.path()).append('\n');
    }

    assertThat(Membership.parseAll(text.toString())).isEqualTo(memberships);
  }

  @Provide
  static Arbitrary<List<Membership>> memberships() {
    return Combinators.combine(
            Arbitraries.integers().greaterOrEqual(0),
            Arbitraries.strings()
                .withChars("abz_=.-")
                .ofMinLength(1)
                .ofMaxLength(9)
                .list()
                .ofMaxSize(3),
            Arbitraries.strings().withChars("ab/: ,\t\\#é").ofMaxLength(20).map("/"::concat))
        .as(Membership::new)
        .list()
        .ofMaxSize(5);
  }
}
