/// The agent's HTTP API: what goes over the wire, and a client for its Unix socket.
@org.jspecify.annotations.NullMarked
module dev.holdfast.api {
  requires transitive com.google.gson;
  requires static transitive org.jspecify;

  exports dev.holdfast.api;

  opens dev.holdfast.api to
      com.google.gson;
}
