package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountTest {
  @Test
  void readsEveryPartOfALine() {
    assertThat(
            Mount.parseAll(
                "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"))
        .containsExactly(
            new Mount(
                36,
                35,
                "/mnt1",
                Path.of("/mnt2"),
                Set.of("rw", "noatime"),
                "ext3",
                "/dev/root",
                Set.of("rw", "errors=continue")));
  }

  @Test
  void namesTheControllersOfEachV1Hierarchy() {
    assertThat(Mount.parseAll(Recorded.text("mountinfo-v1")))
        .hasSize(10)
        .filteredOn(mount -> mount.type().equals("cgroup"))
        .extracting(mount -> mount.mountPoint().toString() + " " + mount.superOptions())
        .containsExactly(
            "/sys/fs/cgroup/systemd [rw, seclabel, xattr,"
                + " release_agent=/usr/lib/systemd/systemd-cgroups-agent, name=systemd]",
            "/sys/fs/cgroup/cpuset [rw, seclabel, cpuset, clone_children]",
            "/sys/fs/cgroup/cpu,cpuacct [rw, seclabel, cpuacct, cpu]",
            "/sys/fs/cgroup/memory [rw, seclabel, memory]",
            "/sys/fs/cgroup/freezer [rw, seclabel, freezer]");
  }

  @Test
  void findsTheUnifiedTreeOfAHybridHostAmongTheV1Hierarchies() {
    List<Mount> mounts = Mount.parseAll(Recorded.text("mountinfo-hybrid"));

    assertThat(mounts)
        .filteredOn(mount -> mount.type().equals("cgroup2"))
        .extracting(Mount::mountPoint)
        .containsExactly(Path.of("/sys/fs/cgroup/unified"));
    assertThat(mounts).filteredOn(mount -> mount.type().equals("cgroup")).hasSize(6);
    assertThat(mounts.getLast().root()).isEqualTo("net:[4026532281]");
  }

  @Test
  void readsAV2HostWithItsOddMounts() {
    List<Mount> mounts = Mount.parseAll(Recorded.text("mountinfo-v2"));

    assertThat(mounts).hasSize(7);
    assertThat(mounts.get(3))
        .returns("cgroup2", Mount::type)
        .returns(Path.of("/sys/fs/cgroup"), Mount::mountPoint)
        .returns(Set.of("rw", "nsdelegate", "memory_recursiveprot"), Mount::superOptions);
    assertThat(mounts.get(4))
        .returns(Path.of("/srv/my data\t\\x"), Mount::mountPoint)
        .returns("me@host:/my data", Mount::source);
    assertThat(mounts.get(5)).returns("tmpfs", Mount::type).returns("", Mount::source);
    assertThat(mounts.get(6))
        .returns("overlay", Mount::type)
        .returns(
            Set.of("rw", "lowerdir=/a,b:/c", "upperdir=/u", "workdir=/w"), Mount::superOptions);
  }

  @Test
  void keepsARootOutsideTheCgroupNamespace() {
    assertThat(Mount.parseAll(Recorded.text("mountinfo-cgroup-namespace")).getLast())
        .returns("/../../..", Mount::root)
        .returns(Set.of("ro", "nosuid", "nodev", "noexec", "relatime"), Mount::options);
  }

  @Test
  void leavesABackslashAloneThatEscapesNothing() {
    assertThat(Mount.parseAll("1 0 0:1 / /a\\9\\04\\240\\ rw - t s\\ o\\x\n").getFirst())
        .returns(Path.of("/a\\9\\04\\240\\"), Mount::mountPoint)
        .returns("s\\", Mount::source)
        .returns(Set.of("o\\x"), Mount::superOptions);
  }

  @Test
  void leavesOutAMountPointThatNoPathCanName() {
    // A lone surrogate is to UTF-8 what any letter outside ASCII is to the charset of locale C.
    assertThat(Mount.parseAll("1 0 0:1 / /\ud800 rw - t s rw\n2 0 0:1 / /ok rw - t s rw\n"))
        .extracting(Mount::id)
        .containsExactly(2);
  }

  @Test
  void passesOverEmptyLinesAndEmptyOptions() {
    assertThat(Mount.parseAll("\n1 0 0:1 / / rw,,ro, - t s ,x\n\n2 0 0:1 / / rw - t s "))
        .containsExactly(
            new Mount(1, 0, "/", Path.of("/"), Set.of("rw", "ro"), "t", "s", Set.of("x")),
            new Mount(2, 0, "/", Path.of("/"), Set.of("rw"), "t", "s", Set.of()));
  }

  @Test
  void toleratesFieldsAfterTheLast() {
    assertThat(Mount.parseAll("1 0 0:1 / /a rw - t s rw,x new fields\n").getFirst().superOptions())
        .containsExactly("rw", "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x 0 0:1 / /a rw - t s rw",
        "-1 0 0:1 / /a rw - t s rw",
        "1x 0 0:1 / /a rw - t s rw",
        "2147483648 0 0:1 / /a rw - t s rw",
        "1",
        "1 0",
        "1 0 0:1 / a rw - t s rw",
        "1 0 0:1 / /a\\000 rw - t s rw",
        "1 0 0:1 / /a rw shared:1 t s rw",
        "1 0 0:1 / /a rw -",
        "1 0 0:1 / /a rw - t s",
      })
  void refusesALineOfAnotherForm(String line) {
    assertThatThrownBy(() -> Mount.parseAll("9 0 0:1 / / rw - t s rw\n" + line + "\n"))
        .isInstanceOfSatisfying(
            MalformedException.class,
            e -> {
              assertThat(e.source()).isEqualTo("/proc/PID/mountinfo");
              assertThat(e.excerpt()).isEqualTo(line);
            });
  }

  @Test
  void cannotBeChangedThroughTheSetsItWasMadeOf() {
    Set<String> options = new HashSet<>(Set.of("rw"));
    Mount mount = new Mount(1, 0, "/", Path.of("/"), options, "t", "s", options);
    options.add("ro");

    assertThat(mount.options()).containsExactly("rw");
    assertThatThrownBy(() -> mount.superOptions().add("ro"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Property
  void readsBackWhatTheKernelWouldWrite(
      @ForAll("mounts") List<Mount> mounts, @ForAll("optionalFields") String optionalFields) {
    StringBuilder text = new StringBuilder();
    for (Mount mount : mounts) {
      text.append(formatted(mount, optionalFields));
    }

    assertThat(Mount.parseAll(text.toString())).isEqualTo(mounts);
  }

  @Provide
  static Arbitrary<String> optionalFields() {
    return Arbitraries.of("", " shared:1", " master:3 propagate_from:2", " unbindable", " --");
  }

  @Provide
  static Arbitrary<List<Mount>> mounts() {
    Arbitrary<String> word = Arbitraries.strings().withChars("ab \t\n\\-=:#041é").ofMaxLength(9);
    Arbitrary<Set<String>> options =
        Arbitraries.strings()
            .withChars("ab ,\t\n\\-=\"é")
            .ofMinLength(1)
            .ofMaxLength(9)
            .set()
            .ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.integers().greaterOrEqual(0),
            Arbitraries.integers().greaterOrEqual(0),
            word,
            word.map("/"::concat).map(Path::of),
            options,
            word.filter(type -> !type.isEmpty()),
            word,
            options)
        .as(Mount::new)
        .list()
        .ofMaxSize(4);
  }

  private static String formatted(Mount mount, String optionalFields) {
    return mount.id()
        + " "
        + mount.parentId()
        + " 8:1 "
        + escaped(mount.root())
        + " "
        + escaped(mount.mountPoint().toString())
        + " "
        + formatted(mount.options())
        + optionalFields
        + " - "
        + escaped(mount.type())
        + " "
        + escaped(mount.source())
        + " "
        + formatted(mount.superOptions())
        + "\n";
  }

  private static String formatted(Set<String> options) {
    return String.join(
        ",", options.stream().map(option -> escaped(option).replace(",", "\\054")).toList());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012");
  }
}
