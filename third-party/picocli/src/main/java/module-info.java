/// picocli, recompiled from its released sources: the published classes are of a class-file version
/// that the JVM refuses to keep in an ahead-of-time cache.
module info.picocli {
  exports picocli;

  requires static java.sql;
}
