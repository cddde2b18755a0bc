/// The command line: one class a verb.
@org.jspecify.annotations.NullMarked
module dev.holdfast.cli {
  requires com.google.gson;
  requires dev.holdfast.api;
  requires dev.holdfast.isolator;
  requires info.picocli;
  requires jdk.unsupported; // sun.misc.Signal: the JDK's only way to be told of a signal
  requires static transitive org.jspecify;

  exports dev.holdfast.cli;
}
