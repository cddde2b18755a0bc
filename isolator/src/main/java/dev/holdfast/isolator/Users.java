package dev.holdfast.isolator;

import dev.holdfast.linux.Accounts;
import java.util.List;
import java.util.Optional;

/// The host's users and groups.
public interface Users {
  /// Those of this host.
  Users SYSTEM =
      new Users() {
        @Override
        public Optional<Accounts.User> user(String name) {
          return Accounts.user(name);
        }

        @Override
        public Optional<Accounts.User> user(int uid) {
          return Accounts.user(uid);
        }

        @Override
        public Optional<Integer> group(String name) {
          return Accounts.group(name);
        }

        @Override
        public List<Integer> groups(String user, int primary) {
          return Accounts.groups(user, primary);
        }
      };

  Optional<Accounts.User> user(String name);

  Optional<Accounts.User> user(int uid);

  Optional<Integer> group(String name);

  /// All groups that `user` is in, `primary` among them.
  List<Integer> groups(String user, int primary);
}
