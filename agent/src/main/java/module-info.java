/// The daemon: runs executors for many clients over HTTP on a Unix socket, survives its own death,
/// and watches over what it runs.
@org.jspecify.annotations.NullMarked
module dev.holdfast.agent {
  requires com.google.gson;
  requires dev.holdfast.api;
  requires dev.holdfast.isolator;
  requires dev.holdfast.linux;
  requires info.picocli;
  requires io.prometheus.metrics.core;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires jdk.net; // SO_PEERCRED
  requires org.eclipse.jetty.server;
  requires org.slf4j;
  requires static transitive org.jspecify;

  provides org.slf4j.spi.SLF4JServiceProvider with
      dev.holdfast.agent.logging.LogfmtProvider;

  exports dev.holdfast.agent; // Main and Training, for the start scripts
}
