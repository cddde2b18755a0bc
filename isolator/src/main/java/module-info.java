/// Policy and the life of a run: spec → launch → watch → update → usage → destroy.
///
/// The door is [dev.holdfast.isolator.Isolator]. Logs nothing: what happened to a run is in its
/// [dev.holdfast.isolator.Outcome].
@org.jspecify.annotations.NullMarked
module dev.holdfast.isolator {
  requires transitive com.google.gson;
  requires transitive dev.holdfast.cgroup;
  requires static transitive org.jspecify;

  exports dev.holdfast.isolator;
  exports dev.holdfast.isolator.json;
}
