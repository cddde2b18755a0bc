package dev.holdfast.isolator.opening;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Mounts;
import dev.holdfast.linux.proc.Mount;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.linux.proc.Subsystem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The seed's one hierarchy: what is mounted at a path, or else the wanted v1 controllers, mounted
/// there together.
///
/// @param mount that is there now
/// @param made what to take back should nothing come of it; absent when it was there before
public record SingleHierarchy(Mount mount, Optional<Made> made) {
  /// A mount of ours.
  ///
  /// @param directory whether the mount point is ours, too
  public record Made(Path mountPoint, boolean directory) {
    /// Unmounts it. It stays when somebody uses it already.
    public void undo() {
      try {
        Mounts.unmount(mountPoint);
      } catch (LinuxException inUse) {
        return;
      }
      if (directory) {
        removeDirectory(mountPoint);
      }
    }
  }

  /// Finds or mounts it.
  ///
  /// @param controllers the kernel's names, for the mount; whether they are in one that is there is
  ///   not looked at
  /// @throws IsolatorException in one sentence; nothing has changed then
  public static SingleHierarchy at(Path path, Set<String> controllers, ProcFs proc) {
    Path real = real(path);
    Optional<Mount> there = topmost(real, proc.mounts());
    if (there.isPresent()) {
      return new SingleHierarchy(requireCgroups(there.get()), Optional.empty());
    }
    requireUsable(real);
    requireFree(controllers, proc);
    Made made = mount(real, String.join(",", controllers));
    return new SingleHierarchy(
        topmost(real, proc.mounts())
            .orElseThrow(() -> new IsolatorException("the mount at " + real + " has gone again")),
        Optional.of(made));
  }

  /// Without symbolic links, as the mount table has it.
  private static Path real(Path path) {
    try {
      if (Files.exists(path)) {
        return path.toRealPath();
      }
      Path parent = path.toAbsolutePath().getParent();
      return parent == null ? path : parent.toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      throw new IsolatorException("cannot mount cgroups at " + path + ": " + reason(e), e);
    }
  }

  /// Of several mounts on a point the last hides the others.
  private static Optional<Mount> topmost(Path point, List<Mount> mounts) {
    return mounts.reversed().stream().filter(it -> it.mountPoint().equals(point)).findFirst();
  }

  private static Mount requireCgroups(Mount mount) {
    if (!mount.type().equals("cgroup") && !mount.type().equals("cgroup2")) {
      throw new IsolatorException(
          "a "
              + mount.type()
              + " is mounted at "
              + mount.mountPoint()
              + ", not cgroups: name another directory, or auto");
    }
    return mount;
  }

  /// What lies below a mount of cgroups is a cgroup, and may be another's.
  private static void requireUsable(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    long type = Mounts.statfs(path).type();
    if (type == Mounts.CGROUP_MAGIC || type == Mounts.CGROUP2_MAGIC) {
      throw new IsolatorException(
          path + " is a cgroup, not where a hierarchy is mounted: name that directory");
    }
    if (!Files.isDirectory(path)) {
      throw new IsolatorException("cannot mount cgroups at " + path + ": it is not a directory");
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.findAny().isPresent()) {
        throw new IsolatorException("cannot mount cgroups at " + path + ": it is not empty");
      }
    } catch (IOException e) {
      throw new IsolatorException("cannot mount cgroups at " + path + ": " + reason(e), e);
    }
  }

  private static void requireFree(Set<String> controllers, ProcFs proc) {
    List<Subsystem> subsystems = proc.subsystems();
    List<String> refusals =
        controllers.stream()
            .map(name -> refusal(name, subsystems, proc.mounts()))
            .flatMap(Optional::stream)
            .toList();
    if (!refusals.isEmpty()) {
      throw new IsolatorException(String.join("; ", refusals));
    }
  }

  /// Why a controller cannot be mounted in a new hierarchy.
  private static Optional<String> refusal(
      String name, List<Subsystem> subsystems, List<Mount> mounts) {
    Optional<Subsystem> found =
        subsystems.stream().filter(it -> it.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      return Optional.of("the kernel has no controller '" + name + "' for cgroup v1");
    }
    if (!found.get().enabled()) {
      return Optional.of("the controller " + name + " is disabled: boot without cgroup_disable");
    }
    if (found.get().hierarchyId() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        "the controller "
            + name
            + " is busy: "
            + place(name, mounts)
                .map(place -> "it is mounted at " + place)
                .orElse("it is in a hierarchy that is mounted elsewhere, or not yet gone"));
  }

  private static Optional<Path> place(String controller, List<Mount> mounts) {
    return mounts.reversed().stream()
        .filter(it -> it.type().equals("cgroup") && it.superOptions().contains(controller))
        .map(Mount::mountPoint)
        .findFirst();
  }

  private static Made mount(Path point, String options) {
    Made made = new Made(point, makeDirectory(point));
    try {
      Mounts.mount(options, point, "cgroup", options);
      return made;
    } catch (LinuxException e) {
      if (made.directory()) {
        removeDirectory(point);
      }
      throw new IsolatorException(
          "cannot mount cgroups with " + options + " at " + point + ": " + e.errno().name(), e);
    }
  }

  /// Returns whether it was missing.
  private static boolean makeDirectory(Path path) {
    try {
      Files.createDirectory(path);
      return true;
    } catch (FileAlreadyExistsException there) {
      return false;
    } catch (IOException e) {
      throw new IsolatorException("cannot make the directory " + path + ": " + reason(e), e);
    }
  }

  private static void removeDirectory(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException inUse) {
      return; // an empty directory does no harm
    }
  }

  /// What the JDK's exceptions of files say beside the path.
  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> missing.getFile() + " does not exist";
      case java.nio.file.AccessDeniedException denied -> denied.getFile() + " may not be changed";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
