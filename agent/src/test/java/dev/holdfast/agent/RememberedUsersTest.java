package dev.holdfast.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Accounts;
import dev.holdfast.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RememberedUsersTest {
  private final FakeClock clock = new FakeClock();
  private final Directory directory = new Directory();
  private final Users users = new RememberedUsers(directory, clock);

  /// Knows anna alone, and what it was asked.
  private static final class Directory implements Users {
    private static final Accounts.User ANNA =
        new Accounts.User("anna", 1001, 1001, "/home/anna", "/bin/sh");

    final List<Object> asked = new ArrayList<>();
    List<Integer> groups = List.of(1001, 50);

    @Override
    public Optional<Accounts.User> user(String name) {
      asked.add(name);
      return name.equals("anna") ? Optional.of(ANNA) : Optional.empty();
    }

    @Override
    public Optional<Accounts.User> user(int uid) {
      asked.add(uid);
      return uid == 1001 ? Optional.of(ANNA) : Optional.empty();
    }

    @Override
    public Optional<Integer> group(String name) {
      asked.add("group " + name);
      return name.equals("anna") ? Optional.of(1001) : Optional.empty();
    }

    @Override
    public List<Integer> groups(String user, int primary) {
      asked.add("groups of " + user);
      return groups;
    }
  }

  @Test
  void aQuestionIsAskedOnceASecond() {
    for (int i = 0; i < 2; i++) {
      assertThat(users.user("anna")).contains(Directory.ANNA);
      assertThat(users.user(1001)).contains(Directory.ANNA);
      assertThat(users.group("anna")).contains(1001);
      assertThat(users.groups("anna", 1001)).containsExactly(1001, 50);
    }
    assertThat(directory.asked).containsExactly("anna", 1001, "group anna", "groups of anna");
  }

  @Test
  void whoHasLeftAGroupIsOutOfItASecondLater() {
    assertThat(users.groups("anna", 1001)).containsExactly(1001, 50);
    directory.groups = List.of(1001);
    clock.advance(Duration.ofSeconds(1));

    assertThat(users.groups("anna", 1001)).containsExactly(1001);
  }

  @Test
  void whoIsNotThereMayComeAtAnyMoment() {
    assertThat(users.user("ben")).isEmpty();
    assertThat(users.user("ben")).isEmpty();
    assertThat(directory.asked).containsExactly("ben", "ben");
  }
}
