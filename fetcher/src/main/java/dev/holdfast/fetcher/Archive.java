package dev.holdfast.fetcher;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A kind of archive, known by its file's name.
enum Archive {
  TAR,
  TAR_GZIP,
  TAR_BZIP2,
  TAR_XZ,
  ZIP;

  private static final Map<String, Archive> BY_SUFFIX =
      Map.of(
          ".tar", TAR,
          ".tgz", TAR_GZIP,
          ".tar.gz", TAR_GZIP,
          ".tbz2", TAR_BZIP2,
          ".tar.bz2", TAR_BZIP2,
          ".txz", TAR_XZ,
          ".tar.xz", TAR_XZ,
          ".zip", ZIP);

  /// Empty when the name is not an archive's.
  static Optional<Archive> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return BY_SUFFIX.entrySet().stream()
        .filter(each -> lower.endsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findAny();
  }
}
