package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.RememberedUsers;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Accounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.eclipse.jetty.server.Request;

/// The Unix socket: whoever connected is who the kernel says, at the time of connecting
/// (`SO_PEERCRED`, unix(7)).
final class SocketDoor implements Door {
  private static final Predicate<String> NUMBER = Pattern.compile("[0-9]{1,10}").asMatchPredicate();

  private final Users users = new RememberedUsers(Users.SYSTEM, InstantSource.system());

  @Override
  public Caller admit(ClientEndPoint client, Request request) {
    return client.caller(this::peer);
  }

  private Caller peer(SocketChannel channel) {
    UnixDomainPrincipal peer;
    try {
      peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return caller(peer.user().getName(), peer.group().getName(), users);
  }

  /// The JDK turns the kernel's numbers into names, and numbers without a name into digits.
  static Caller caller(String user, String group, Users users) {
    int uid =
        number(user)
            .or(() -> users.user(user).map(Accounts.User::uid))
            .orElseThrow(() -> Refusal.forbidden("there is no user '" + user + "'"));
    int gid =
        number(group)
            .or(() -> users.group(group))
            .orElseThrow(() -> Refusal.forbidden("there is no group '" + group + "'"));
    return Caller.peer(uid, gid, user);
  }

  private static Optional<Integer> number(String name) {
    if (!NUMBER.test(name) || Long.parseLong(name) > 0xFFFF_FFFFL) {
      return Optional.empty();
    }
    return Optional.of(Integer.parseUnsignedInt(name));
  }
}
