package dev.holdfast.isolator.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LaunchRecordTest {
  private static final Path SOME_PATH = Path.of("/a/b");

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /// The one field of a record.
  private static LauncherHeaders.Field only(LaunchRecord record) {
    List<LauncherHeaders.Field> fields = LauncherHeaders.fields(record);
    assertThat(fields).hasSize(1);
    return fields.getFirst();
  }

  @Test
  void anEmptyRecordIsItsHeader() {
    ByteBuffer record = buffer(new LaunchRecord().encode());

    assertThat(record.remaining()).isEqualTo(8);
    assertThat(record.getInt()).isEqualTo(0x314c4648);
    assertThat(record.getInt()).isZero();
  }

  @Test
  void theMagicNumberIsReadableInADump() {
    byte[] start = java.util.Arrays.copyOf(new LaunchRecord().encode(), 4);

    assertThat(new String(start, UTF_8))
        .isEqualTo(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "HFL1" : "1LFH");
  }

  @Test
  void aTextIsItsTypeItsLengthAndItsCharactersWithANul() {
    ByteBuffer record = buffer(new LaunchRecord().argument("abc").encode());

    assertThat(record.getInt(4)).as("length of the body").isEqualTo(16);
    assertThat(record.getInt(8)).as("type").isEqualTo(6);
    assertThat(record.getInt(12)).as("length").isEqualTo(4);
    assertThat(record.slice(16, 4)).isEqualTo(ByteBuffer.wrap(bytes('a', 'b', 'c', 0)));
    assertThat(record.slice(20, 4)).as("padding").isEqualTo(ByteBuffer.allocate(4));
    assertThat(record.capacity()).isEqualTo(24);
  }

  @Test
  void aPayloadOfEightBytesIsNotPadded() {
    assertThat(new LaunchRecord().argument("1234567").encode()).hasSize(8 + 8 + 8);
    assertThat(new LaunchRecord().argument("12345678").encode()).hasSize(8 + 8 + 16);
    assertThat(new LaunchRecord().argument("").encode()).hasSize(8 + 8 + 8);
  }

  @Test
  void aTextIsUtf8() {
    assertThat(only(new LaunchRecord().argument("é名")).text()).isEqualTo("é名");
    assertThat(only(new LaunchRecord().argument("é")).payload())
        .containsExactly(bytes(0xc3, 0xa9, 0));
  }

  @Test
  void aVariableIsNameAndValue() {
    assertThat(only(new LaunchRecord().variable("A", "b=c")).text()).isEqualTo("A=b=c");
    assertThat(only(new LaunchRecord().variable("A", "")).text()).isEqualTo("A=");
  }

  @Test
  void credentialsAreUserGroupAndCountedGroups() {
    ByteBuffer payload =
        buffer(only(new LaunchRecord().credentials(1, 2, List.of(3, 4))).payload());

    assertThat(payload.remaining()).isEqualTo(20);
    assertThat(List.of(payload.getInt(), payload.getInt())).as("uid, gid").containsExactly(1, 2);
    assertThat(payload.getInt()).as("count").isEqualTo(2);
    assertThat(List.of(payload.getInt(), payload.getInt())).as("groups").containsExactly(3, 4);
  }

  @Test
  void credentialsMayHaveNoGroups() {
    assertThat(only(new LaunchRecord().credentials(1, 2, List.of())).payload()).hasSize(12);
  }

  @Test
  void aResourceLimitIsNumberZeroSoftAndHard() {
    ByteBuffer payload = buffer(only(new LaunchRecord().resourceLimit(7, 1024, -1)).payload());

    assertThat(payload.remaining()).isEqualTo(24);
    assertThat(payload.getInt()).isEqualTo(7);
    assertThat(payload.getInt()).isZero();
    assertThat(payload.getLong()).isEqualTo(1024);
    assertThat(payload.getLong()).as("RLIM_INFINITY").isEqualTo(-1);
  }

  @Test
  void umaskAndFlagsAreFourBytesAndTheStopTimeoutEightOfMilliseconds() {
    assertThat(only(new LaunchRecord().umask(022)).payload()).hasSize(4);
    assertThat(buffer(only(new LaunchRecord().umask(022)).payload()).getInt()).isEqualTo(18);
    assertThat(buffer(only(new LaunchRecord().flags(7)).payload()).getInt()).isEqualTo(7);
    ByteBuffer timeout =
        buffer(only(new LaunchRecord().stopTimeout(Duration.ofMillis(1500))).payload());
    assertThat(timeout.remaining()).isEqualTo(8);
    assertThat(timeout.getLong()).isEqualTo(1500);
  }

  @Test
  void aLogIsStreamFilesSizeAndPath() {
    ByteBuffer payload = buffer(only(new LaunchRecord().log(2, 5, 1 << 20, SOME_PATH)).payload());

    assertThat(payload.getInt()).as("stream").isEqualTo(2);
    assertThat(payload.getInt()).as("files").isEqualTo(5);
    assertThat(payload.getLong()).as("largest size").isEqualTo(1 << 20);
    assertThat(UTF_8.decode(payload).toString()).isEqualTo("/a/b\0");
  }

  @Test
  void fieldsOfOneTypeKeepTheirOrder() {
    assertThat(LauncherHeaders.fields(new LaunchRecord().argument("b").argument("a")))
        .extracting(LauncherHeaders.Field::text)
        .containsExactly("b", "a");
  }

  @Test
  void theTypesAreThoseOfTheLauncher() {
    Map<String, LaunchRecord> fields = new TreeMap<>();
    fields.put("RUN_DIR", new LaunchRecord().runDirectory(SOME_PATH));
    fields.put("LAUNCHER_ENTER", new LaunchRecord().launcherEnters(SOME_PATH));
    fields.put("LAUNCHER_CLONE_INTO", new LaunchRecord().launcherClonesInto(SOME_PATH));
    fields.put("LEADER_ENTER", new LaunchRecord().leaderEnters(SOME_PATH));
    fields.put("LEADER_CLONE_INTO", new LaunchRecord().leaderClonesInto(SOME_PATH));
    fields.put("ARG", new LaunchRecord().argument("a"));
    fields.put("ENV", new LaunchRecord().variable("A", "1"));
    fields.put("WORKDIR", new LaunchRecord().workDirectory(SOME_PATH));
    fields.put("CREDENTIALS", new LaunchRecord().credentials(0, 0, List.of()));
    fields.put("RLIMIT", new LaunchRecord().resourceLimit(0, 0, 0));
    fields.put("UMASK", new LaunchRecord().umask(0));
    fields.put("FLAGS", new LaunchRecord().flags(0));
    fields.put("STOP_TIMEOUT", new LaunchRecord().stopTimeout(Duration.ZERO));
    fields.put("OOM_SWITCH", new LaunchRecord().oomSwitch(SOME_PATH));
    fields.put("KILL_FILE", new LaunchRecord().killFile(SOME_PATH));
    fields.put("FREEZER", new LaunchRecord().freezer(SOME_PATH));
    fields.put("PROCS", new LaunchRecord().processes(SOME_PATH));
    fields.put("REMOVE", new LaunchRecord().removes(SOME_PATH));
    fields.put("LOG", new LaunchRecord().log(1, 1, 1, SOME_PATH));
    fields.put("LEAVE", new LaunchRecord().leavesBy(SOME_PATH));
    fields.put("ROOT_REMOVE", new LaunchRecord().removesRoot(SOME_PATH));
    fields.put("PATH_CANDIDATE", new LaunchRecord().candidate("a"));

    Map<String, Integer> types = new TreeMap<>();
    fields.forEach((name, record) -> types.put(name, only(record).type()));

    assertThat(types)
        .isEqualTo(new TreeMap<>(LauncherHeaders.enumeration("record.h", "field_type")));
  }

  @Test
  void theFlagsAreThoseOfTheLauncher() {
    assertThat(LauncherHeaders.enumeration("record.h", "flag"))
        .containsEntry("NO_NEW_PRIVS", LaunchRecord.NO_NEW_PRIVILEGES)
        .containsEntry("END_WITH_HOLDER", LaunchRecord.END_WITH_HOLDER)
        .containsEntry("REMOVE_ROOT", LaunchRecord.REMOVE_ROOT);
  }

  @Property
  void anyFieldsComeOutAsTheyWentIn(
      @ForAll @Size(max = 12) List<@CharRange(from = '\u0001', to = '\ud7ff') String> texts) {
    LaunchRecord record = new LaunchRecord();
    texts.forEach(record::argument);

    assertThat(record.encode().length % 8).isZero();
    assertThat(LauncherHeaders.fields(record))
        .extracting(LauncherHeaders.Field::text)
        .isEqualTo(texts);
  }

  @Property
  void whateverIsBetweenTheNextFieldBeginsWhereTheLauncherLooksForIt(
      @ForAll @ByteRange(min = 0, max = 40) byte length) {
    LaunchRecord record = new LaunchRecord().argument("x".repeat(length)).umask(5);

    LauncherHeaders.Field last = LauncherHeaders.fields(record).getLast();

    assertThat(last.type()).isEqualTo(11);
    assertThat(buffer(last.payload()).getInt()).isEqualTo(5);
  }
}
