package dev.holdfast.cli;

import dev.holdfast.isolator.Credentials;
import dev.holdfast.linux.Accounts;
import java.util.List;
import java.util.Optional;

/// The user that a run is to be, as `--user` names it.
///
/// @param name and `home`, `shell`: of the user's entry; absent for a number without one
record Identity(
    Credentials credentials, Optional<String> name, Optional<String> home, Optional<String> shell) {

  /// Reads `USER`, `USER:GROUP`, by name or number. With a group, that is the only one; without,
  /// the user's own and all that the host puts the user in.
  ///
  /// @throws IllegalArgumentException when the host knows no such user or group
  static Identity parse(String text) {
    int colon = text.indexOf(':');
    String userText = colon < 0 ? text : text.substring(0, colon);
    Optional<Integer> uid = number(userText);
    Optional<Accounts.User> user = Accounts.user(userText);
    if (user.isEmpty() && uid.isPresent()) {
      user = Accounts.user(uid.get());
    }
    if (user.isEmpty() && uid.isEmpty()) {
      throw new IllegalArgumentException("there is no user '" + userText + "' on this host");
    }
    if (colon < 0 && user.isEmpty()) {
      throw new IllegalArgumentException(
          "the host does not know user "
              + userText
              + ": give a group, too, as "
              + userText
              + ":"
              + userText);
    }
    int id = user.map(Accounts.User::uid).orElseGet(uid::get);
    Credentials credentials =
        colon < 0 ? withAllGroups(user.get()) : withGroup(id, group(text.substring(colon + 1)));
    return new Identity(
        credentials,
        user.map(Accounts.User::name),
        user.map(Accounts.User::home),
        user.map(Accounts.User::shell));
  }

  private static Credentials withAllGroups(Accounts.User user) {
    return new Credentials(user.uid(), user.gid(), Accounts.groups(user.name(), user.gid()));
  }

  private static Credentials withGroup(int uid, int gid) {
    return new Credentials(uid, gid, List.of(gid));
  }

  private static int group(String text) {
    return Accounts.group(text)
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
