package dev.holdfast.agent;

/// On whose behalf a request is made.
///
/// @param uid the peer's, from the kernel; -1 for a caller over TCP
/// @param gid likewise
/// @param name the user's name, or its number
/// @param role what it may do
public record Caller(int uid, int gid, String name, Role role) {
  /// What a caller may do.
  public enum Role {
    /// Everything: root, and who shows the token.
    OPERATOR,
    /// Launch as itself; see and touch its own runs.
    USER,
    /// Look at everything, change nothing: TCP without a token.
    READER
  }

  public static final Caller READER = new Caller(-1, -1, "reader", Role.READER);
  public static final Caller TOKEN = new Caller(-1, -1, "token", Role.OPERATOR);

  /// Whoever is at the other end of the Unix socket.
  public static Caller peer(int uid, int gid, String name) {
    return new Caller(uid, gid, name, uid == 0 ? Role.OPERATOR : Role.USER);
  }
}
