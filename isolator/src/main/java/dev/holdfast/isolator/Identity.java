package dev.holdfast.isolator;

import dev.holdfast.linux.Accounts;
import java.util.List;
import java.util.Optional;

/// As whom a run's processes run.
///
/// @param account absent for a number that the host does not know
public record Identity(Credentials credentials, Optional<Accounts.User> account) {
  /// Absent for a number that the host does not know, like [#home] and [#shell].
  public Optional<String> name() {
    return account.map(Accounts.User::name);
  }

  public Optional<String> home() {
    return account.map(Accounts.User::home);
  }

  public Optional<String> shell() {
    return account.map(Accounts.User::shell);
  }

  /// The name, or the number of one without.
  public String nameOrNumber() {
    return name().orElseGet(() -> Integer.toUnsignedString(credentials.uid()));
  }

  /// This user, with all groups that the host puts it in.
  public static Identity of(int uid, int gid, Users users) {
    Optional<Accounts.User> account = users.user(uid);
    return account.isPresent()
        ? withAllGroups(account.get(), users)
        : new Identity(new Credentials(uid, gid, List.of(gid)), Optional.empty());
  }

  /// Reads `USER`, `USER:GROUP`, by name or number. With a group, that is the only one; without,
  /// the user's own and all that the host puts the user in.
  ///
  /// @throws IllegalArgumentException when the host knows no such user or group
  public static Identity parse(String text, Users users) {
    int colon = text.indexOf(':');
    String userText = colon < 0 ? text : text.substring(0, colon);
    Optional<Integer> uid = number(userText);
    Optional<Accounts.User> user = users.user(userText).or(() -> uid.flatMap(users::user));
    if (user.isEmpty() && uid.isEmpty()) {
      throw new IllegalArgumentException("there is no user '" + userText + "' on this host");
    }
    if (colon >= 0) {
      int gid = group(text.substring(colon + 1), users);
      int id = user.map(Accounts.User::uid).orElseGet(uid::get);
      return new Identity(new Credentials(id, gid, List.of(gid)), user);
    }
    if (user.isEmpty()) {
      throw new IllegalArgumentException(
          "the host does not know user " + text + ": give a group, too, as " + text + ":" + text);
    }
    return withAllGroups(user.get(), users);
  }

  /// The same of this host's users.
  public static Identity parse(String text) {
    return parse(text, Users.SYSTEM);
  }

  private static Identity withAllGroups(Accounts.User user, Users users) {
    return new Identity(
        new Credentials(user.uid(), user.gid(), users.groups(user.name(), user.gid())),
        Optional.of(user));
  }

  private static int group(String text, Users users) {
    return users
        .group(text)
        .or(() -> number(text))
        .orElseThrow(
            () -> new IllegalArgumentException("there is no group '" + text + "' on this host"));
  }

  private static Optional<Integer> number(String text) {
    try {
      // 4294967295 is -1 to setresuid(2): "leave it as it is".
      long number = Long.parseLong(text);
      return number >= 0 && number < 0xffffffffL ? Optional.of((int) number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
