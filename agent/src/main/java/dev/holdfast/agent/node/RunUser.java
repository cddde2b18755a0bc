package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.isolator.Credentials;
import dev.holdfast.linux.Accounts;
import java.util.List;
import java.util.Optional;

/// As whom a run's processes run.
///
/// @param account absent for a number that the host does not know
record RunUser(Credentials credentials, Optional<Accounts.User> account) {
  /// The name, or the number of one without.
  String name() {
    return account
        .map(Accounts.User::name)
        .orElseGet(() -> Integer.toUnsignedString(credentials.uid()));
  }

  /// The caller itself, with all groups that the host puts it in.
  static RunUser of(Caller caller, Users users) {
    Optional<Accounts.User> account = users.user(caller.uid());
    return account.isPresent()
        ? withAllGroups(account.get(), users)
        : new RunUser(
            new Credentials(caller.uid(), caller.gid(), List.of(caller.gid())), Optional.empty());
  }

  /// Reads `USER`, `USER:GROUP`, by name or number. With a group, that is the only one; without,
  /// the user's own and all that the host puts the user in.
  ///
  /// @throws IllegalArgumentException when the host knows no such user or group
  static RunUser parse(String text, Users users) {
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
      return new RunUser(new Credentials(id, gid, List.of(gid)), user);
    }
    if (user.isEmpty()) {
      throw new IllegalArgumentException(
          "the host does not know user " + text + ": give a group, too, as " + text + ":" + text);
    }
    return withAllGroups(user.get(), users);
  }

  private static RunUser withAllGroups(Accounts.User user, Users users) {
    return new RunUser(
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
