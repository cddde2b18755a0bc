package dev.holdfast.agent.node;

import static dev.holdfast.agent.node.Ground.ANNA;
import static dev.holdfast.agent.node.Ground.ROOT;
import static dev.holdfast.agent.node.Ground.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.NodeException;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Identity;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchPlanTest {
  private static final Path SANDBOX = Path.of("/work/sandbox");
  private static final RunId RUN = RunId.parse("0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0");

  private static LaunchPlan plan(Caller caller, LaunchRequest request) {
    return new LaunchPlan(
        caller, request, new Ground(Path.of("/nowhere")).settings(), Ground.USERS);
  }

  private static LaunchRequest as(@Nullable String user) {
    return request("x", ResourceLimits.NONE, user, "sleep");
  }

  private static ExecutorSpec spec(LaunchRequest request) {
    LaunchPlan plan = plan(ROOT, request);
    return plan.spec(
        plan.executor(),
        RUN,
        Identity.of(ANNA.uid(), ANNA.gid(), Ground.USERS),
        SANDBOX,
        "agent-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"anna", "1001", "anna:anna", "anna:1001", "anna:staff", "1001:50"})
  void aUserMayRunAsItselfWithItsGroups(String user) {
    assertThat(plan(ANNA, as(user)).user().credentials().uid()).isEqualTo(1001);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"root", "0", "ben", "anna:wheel", "anna:0", "anna:ben", "nobody-here", "0:1001"})
  void aUserMayNotRunAsAnother(String user) {
    assertThatThrownBy(() -> plan(ANNA, as(user)).user())
        .isInstanceOfSatisfying(
            NodeException.class, e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.FORBIDDEN));
  }

  @Test
  void withoutAWordAUserIsItselfWithAllItsGroups() {
    Identity user = plan(ANNA, as(null)).user();
    assertThat(user.credentials().groups()).containsExactly(1001, 50);
    assertThat(user.nameOrNumber()).isEqualTo("anna");
  }

  @Test
  void aUserThatTheHostDoesNotKnowIsItsNumbers() {
    Identity user = plan(Caller.peer(4242, 4343, "4242"), as(null)).user();
    assertThat(user.credentials().uid()).isEqualTo(4242);
    assertThat(user.credentials().groups()).containsExactly(4343);
    assertThat(user.nameOrNumber()).isEqualTo("4242");
  }

  @Test
  void rootMayRunAsAnybody() {
    assertThat(plan(ROOT, as("ben")).user().credentials().uid()).isEqualTo(1002);
    assertThat(plan(ROOT, as(null)).user().credentials().uid()).isZero();
    assertThatThrownBy(() -> plan(ROOT, as("nobody-here")).user())
        .hasMessageStartingWith("user: ")
        .hasMessageContaining("nobody-here");
  }

  @Test
  void withoutSwitchingUsersAllRunAsRootAndOnlyRootMay() {
    Ground ground = new Ground(Path.of("/nowhere"));
    ground.switchUser = false;

    assertThat(
            new LaunchPlan(ROOT, as("anna"), ground.settings(), Ground.USERS)
                .user()
                .credentials()
                .uid())
        .isZero();
    assertThatThrownBy(() -> new LaunchPlan(ANNA, as(null), ground.settings(), Ground.USERS).user())
        .isInstanceOfSatisfying(
            NodeException.class, e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.FORBIDDEN))
        .hasMessageContaining("only root may");
  }

  @Test
  void whoeverShowsTheTokenHasToSayAsWhom() {
    assertThatThrownBy(() -> plan(Caller.TOKEN, as(null)).user()).hasMessageContaining("as whom");
    assertThat(plan(Caller.TOKEN, as("anna")).user().credentials().uid()).isEqualTo(1001);
  }

  @Test
  void theEnvironmentIsMadeFromNothingAndTheSeedsVariablesWin() {
    LaunchRequest request =
        LaunchRequest.builder(List.of("sleep"))
            .framework("fw")
            .name("x")
            .environment("PATH", "/bin")
            .environment("MESOS_DIRECTORY", "/etc")
            .build();
    assertThat(spec(request).environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("PATH", "/bin"),
                Map.entry("HOME", "/home/anna"),
                Map.entry("USER", "anna"),
                Map.entry("LOGNAME", "anna"),
                Map.entry("SHELL", "/bin/sh"),
                Map.entry("LIBPROCESS_PORT", "0"),
                Map.entry("MESOS_DIRECTORY", "/work/sandbox"),
                Map.entry("MESOS_SLAVE_ID", "agent-1"),
                Map.entry("MESOS_FRAMEWORK_ID", "fw"),
                Map.entry("MESOS_EXECUTOR_ID", "x"),
                Map.entry("MESOS_EXECUTOR_UUID", RUN.toString()),
                Map.entry("MESOS_CHECKPOINT", "1")));
  }

  @Test
  void whatIsNotSaidIsTheNodes() {
    ExecutorSpec spec = spec(as(null));
    assertThat(spec.workDirectory()).contains(SANDBOX);
    assertThat(spec.stopTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(spec.limits().cpuMode()).isEqualTo(CpuMode.SHARES);
  }

  @ParameterizedTest
  @CsvSource({"/bin/sleep,sleep", "sleep,sleep", "/,run"})
  void theProgramsFileNameIsTheName(String program, String name) {
    assertThat(plan(ROOT, request(null, ResourceLimits.NONE, null, program)).executor())
        .isEqualTo(new ExecutorId("default", name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "../../etc", "a/../b", "a/.", "/.."})
  void aNameWithAStepInItIsABadRequest(String name) {
    assertThatThrownBy(() -> plan(ROOT, request(name, "sleep")).executor())
        .isInstanceOfSatisfying(
            NodeException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(NodeException.Kind.BAD_REQUEST);
              assertThat(e).hasMessageStartingWith("name: '" + name + "' has a part '.");
            });
    assertThat(plan(ROOT, request("a/b..c", "sleep")).executor().name()).isEqualTo("a/b..c");
  }

  @Test
  void whatCannotBeIsABadRequest() {
    Map<LaunchRequest, String> requests =
        Map.of(
            with("relative", null, null, null), "workdir",
            with(null, List.of("nofile"), null, null), "ulimits",
            with(null, null, -1.0, null), "timeout_seconds",
            with(null, null, Double.NaN, null), "timeout_seconds",
            with(null, null, 0.0, null), "timeout_seconds",
            with(null, null, null, "panic"), "oom");
    requests.forEach((request, field) ->
        assertThatThrownBy(() -> spec(request))
            .hasMessageStartingWith(field + ": ")
            .isInstanceOfSatisfying(
                NodeException.class,
                e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.BAD_REQUEST)));
    assertThatThrownBy(() -> plan(ROOT, request("x")).executor()).hasMessageContaining("command");
    assertThatThrownBy(() -> plan(ROOT, request("a\u0000b", "x")).executor())
        .hasMessageContaining("control character");
  }

  private static LaunchRequest with(
      @Nullable String workdir,
      @Nullable List<String> ulimits,
      @Nullable Double timeout,
      @Nullable String oom) {
    return new LaunchRequest(
        null,
        "x",
        List.of("sleep"),
        null,
        null,
        null,
        workdir,
        null,
        ulimits,
        timeout,
        null,
        null,
        oom,
        null,
        null);
  }

  @Test
  void filesAreFetchedIntoTheSandbox() {
    ExecutorSpec spec = spec(Ground.fetching("x", "http://h/a.tgz"));

    assertThat(spec.sandbox()).contains(Path.of("/work/sandbox"));
    assertThat(spec.uris())
        .containsExactly(new FetchUri("http://h/a.tgz", false, true, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/, uris[0]: the URI 'http://h/' is malformed",
    "relative/x, uris[0]: the URI 'relative/x' is a relative path",
    "http://h/stdout, uris[0]: a file named stdout would be in the place of the run's own",
  })
  void badUrisAreNamed(String uri, String message) {
    assertThatThrownBy(() -> spec(Ground.fetching("x", uri)))
        .isInstanceOf(NodeException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void limitsAreReadToTheLastDigit() {
    ResourceLimits wire = new ResourceLimits(0.1, "quota", 0.005, "0-1", 67108865L, 1L, -1L, 7L);
    assertThat(WireLimits.format(WireLimits.parse(wire))).isEqualTo(wire);
    assertThatThrownBy(() ->
            WireLimits.parse(new ResourceLimits(1e-9, null, null, null, null, null, null, null)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Limits changed(ResourceLimits before, ResourceLimits change) {
    Limits limits = WireLimits.parse(before);
    return limits.with(WireLimits.parseChange(limits, change));
  }

  @Test
  void aChangeNamesOnlyWhatIsNew() {
    ResourceLimits before =
        new ResourceLimits(1.0, "quota", 0.08, null, 64L << 20, null, 128L << 20, 7L);

    assertThat(WireLimits.format(changed(before, ResourceLimits.NONE))).isEqualTo(before);
    assertThat(changed(before, new ResourceLimits(0.5, null, null, null, null, null, null, null)))
        .as("the mode stays, the burst fits")
        .isEqualTo(
            WireLimits.parse(
                new ResourceLimits(0.5, "quota", 0.05, null, 64L << 20, null, 128L << 20, 7L)));
    assertThat(changed(before, new ResourceLimits(null, null, 0.01, null, null, null, -1L, null)))
        .as("what they need is there")
        .isEqualTo(
            WireLimits.parse(
                new ResourceLimits(1.0, "quota", 0.01, null, 64L << 20, null, -1L, 7L)));
    assertThat(
            changed(before, new ResourceLimits(null, "shares", null, null, null, null, null, null))
                .cpuBurst())
        .isEmpty();
  }
}
