package dev.holdfast.agent;

import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Accounts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Users and groups that are asked for again within a second: a launch asks five times, and each
/// answer takes the name service several files, or a directory server. Who is not found is asked
/// for anew. Thread-safe.
public final class RememberedUsers implements Users {
  private static final Duration KEPT = Duration.ofSeconds(1);
  private static final int MOST = 1000;

  private final Users users;
  private final InstantSource clock;
  private final Map<Object, Answer> answers = new ConcurrentHashMap<>();

  private record Answer(Object value, Instant until) {}

  private record Uid(int uid) {}

  private record Group(String name) {}

  private record Groups(String user, int primary) {}

  private record Numbers(List<Integer> all) {}

  public RememberedUsers(Users users, InstantSource clock) {
    this.users = users;
    this.clock = clock;
  }

  @Override
  public Optional<Accounts.User> user(String name) {
    return remembered(name, Accounts.User.class, () -> users.user(name));
  }

  @Override
  public Optional<Accounts.User> user(int uid) {
    return remembered(new Uid(uid), Accounts.User.class, () -> users.user(uid));
  }

  @Override
  public Optional<Integer> group(String name) {
    return remembered(new Group(name), Integer.class, () -> users.group(name));
  }

  @Override
  public List<Integer> groups(String user, int primary) {
    return remembered(
            new Groups(user, primary),
            Numbers.class,
            () -> Optional.of(new Numbers(List.copyOf(users.groups(user, primary)))))
        .orElseThrow()
        .all();
  }

  private <T> Optional<T> remembered(Object question, Class<T> type, Supplier<Optional<T>> ask) {
    Instant now = clock.instant();
    Answer known = answers.get(question);
    if (known != null && known.until().isAfter(now)) {
      return Optional.of(type.cast(known.value()));
    }
    Optional<T> answer = ask.get();
    answer.ifPresent(it -> remember(question, it, now));
    return answer;
  }

  private void remember(Object question, Object value, Instant now) {
    if (answers.size() >= MOST) {
      answers.clear();
    }
    answers.put(question, new Answer(value, now.plus(KEPT)));
  }
}
