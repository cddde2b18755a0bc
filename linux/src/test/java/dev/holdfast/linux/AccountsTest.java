package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountsTest {
  @Test
  void knowsRoot() {
    assertThat(Accounts.user("root"))
        .hasValueSatisfying(root -> {
          assertThat(root.uid()).isZero();
          assertThat(root.gid()).isZero();
          assertThat(root.home()).isEqualTo("/root");
          assertThat(root.shell()).startsWith("/");
        });
    assertThat(Accounts.user(0)).isEqualTo(Accounts.user("root"));
  }

  @Test
  void agreesWithThePasswordFile() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("/etc/passwd"));
    for (String line : lines) {
      String[] fields = line.split(":", -1);

      assertThat(Accounts.user(fields[0]))
          .contains(
              new Accounts.User(
                  fields[0],
                  Integer.parseUnsignedInt(fields[2]),
                  Integer.parseUnsignedInt(fields[3]),
                  fields[5],
                  fields[6]));
    }
  }

  @Test
  void doesNotKnowANameThatNobodyHas() {
    assertThat(Accounts.user("no-such-user-here")).isEmpty();
    assertThat(Accounts.user(123_456_789)).isEmpty();
    assertThat(Accounts.group("no-such-group-here")).isEmpty();
  }

  @Test
  void findsAGroup() {
    assertThat(Accounts.group("root")).contains(0);
  }

  @Test
  void aUsersGroupsHoldThePrimaryOne() {
    Accounts.User daemon = Accounts.user("daemon").orElseThrow();

    assertThat(Accounts.groups("daemon", daemon.gid())).contains(daemon.gid());
  }
}
