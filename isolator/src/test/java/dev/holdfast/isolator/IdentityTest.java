package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final int UNKNOWN = 1_234_567_890;

  /// The fields of a user in `/etc/passwd`.
  private static String[] entry(String user) throws IOException {
    return Files.readAllLines(Path.of("/etc/passwd")).stream()
        .filter(line -> line.startsWith(user + ":"))
        .map(line -> line.split(":", -1))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aUserByNameHasItsGroupsHomeAndShell() throws IOException {
    String[] nobody = entry("nobody");
    Identity identity = Identity.parse("nobody");

    assertThat(identity.name()).contains("nobody");
    assertThat(identity.home()).contains(nobody[5]);
    assertThat(identity.shell()).contains(nobody[6]);
    assertThat(identity.credentials().uid()).isEqualTo(Integer.parseInt(nobody[2]));
    assertThat(identity.credentials().gid()).isEqualTo(Integer.parseInt(nobody[3]));
    assertThat(identity.credentials().groups()).contains(Integer.parseInt(nobody[3]));
    assertThat(identity.credentials().groups()).as("none of root's").doesNotContain(0);
  }

  @Test
  void aUserByNumberIsTheSameWhenTheHostKnowsIt() throws IOException {
    assertThat(Identity.parse(entry("nobody")[2])).isEqualTo(Identity.parse("nobody"));
    assertThat(Identity.parse("0")).isEqualTo(Identity.parse("root"));
  }

  @Test
  void withAGroupThatIsTheOnlyOne() throws IOException {
    int uid = Integer.parseInt(entry("nobody")[2]);

    assertThat(Identity.parse("nobody:root").credentials())
        .isEqualTo(new Credentials(uid, 0, List.of(0)));
    assertThat(Identity.parse("nobody:4321").credentials())
        .isEqualTo(new Credentials(uid, 4321, List.of(4321)));
  }

  @Test
  void aNumberThatTheHostDoesNotKnowNeedsAGroup() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.parse("" + UNKNOWN))
        .withMessage(
            "the host does not know user 1234567890: give a group, too, as"
                + " 1234567890:1234567890");
    Identity identity = Identity.parse(UNKNOWN + ":77");
    assertThat(identity.credentials()).isEqualTo(new Credentials(UNKNOWN, 77, List.of(77)));
    assertThat(identity.name()).isEmpty();
    assertThat(identity.home()).isEmpty();
    assertThat(identity.shell()).isEmpty();
  }

  /// Ids are 32 bits without a sign; the last is "leave it as it is" to setresuid(2).
  @Test
  void aNumberIsAnyIdButTheLast() {
    assertThat(Identity.parse("4294967294:4294967294").credentials())
        .isEqualTo(new Credentials(-2, -2, List.of(-2)));
    assertThatIllegalArgumentException().isThrownBy(() -> Identity.parse("4294967295:0"));
    assertThatIllegalArgumentException().isThrownBy(() -> Identity.parse("0:4294967295"));
    assertThatIllegalArgumentException().isThrownBy(() -> Identity.parse("-1:0"));
  }

  @Test
  void whomTheHostDoesNotKnowIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.parse("nobody-at-all"))
        .withMessage("there is no user 'nobody-at-all' on this host");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.parse("root:nobody-at-all"))
        .withMessage("there is no group 'nobody-at-all' on this host");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.parse(""))
        .withMessage("there is no user '' on this host");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.parse(":0"))
        .withMessage("there is no user '' on this host");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.parse("root:"))
        .withMessage("there is no group '' on this host");
  }
}
