package dev.holdfast.agent;

import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.NotifySocket;
import java.util.Map;
import java.util.Optional;

/// The service manager that started the agent, if one did: is told how far it is, as `sd_notify(3)`
/// describes. One that doesn't listen is no reason to fail.
///
/// @param socket where to tell it
/// @param passedSocket whether it has opened the agent's socket, `sd_listen_fds(3)`; the start
///   script has made that stdin
record ServiceManager(Optional<String> socket, boolean passedSocket) {
  static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(name -> !name.isEmpty()),
        "1".equals(environment.get("LISTEN_FDS"))
            && Long.toString(ProcessHandle.current().pid()).equals(environment.get("LISTEN_PID")));
  }

  void status(String text) {
    send("STATUS=" + text);
  }

  void ready(String text) {
    send("READY=1\nSTATUS=" + text);
  }

  void stopping() {
    send("STOPPING=1\nSTATUS=stopping; runs go on");
  }

  private void send(String message) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      NotifySocket.send(socket.get(), message);
    } catch (LinuxException nobodyListens) {
      return;
    }
  }
}
