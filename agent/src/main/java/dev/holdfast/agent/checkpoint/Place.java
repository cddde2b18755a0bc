package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Optional;

/// Where an agent keeps its runs beside the work directory. An agent that looks for them anywhere
/// else finds nothing, and must not take that for their end.
///
/// @param hierarchy the one mount point of cgroups; absent for all that the host has
public record Place(Path runtimeDirectory, Optional<Path> hierarchy) {
  private static final String RUNTIME_DIRECTORY = "runtime_dir";
  private static final String HIERARCHY = "cgroups_hierarchy";
  private static final String AUTO = "auto";

  /// Writes it in the document of an agent.
  public void describe(JsonObject slave) {
    slave.addProperty(RUNTIME_DIRECTORY, runtimeDirectory.toString());
    slave.addProperty(HIERARCHY, hierarchyFlag());
  }

  /// The value of `--cgroups-hierarchy`.
  public String hierarchyFlag() {
    return hierarchy.map(Path::toString).orElse(AUTO);
  }

  /// From the document of an agent; absent in that of one from before there were these fields.
  static Optional<Place> parse(Fields slave) {
    return slave.has(RUNTIME_DIRECTORY)
        ? Optional.of(
            new Place(
                slave.path(RUNTIME_DIRECTORY),
                slave.optionalText(HIERARCHY).filter(flag -> !flag.equals(AUTO)).map(Path::of)))
        : Optional.empty();
  }
}
