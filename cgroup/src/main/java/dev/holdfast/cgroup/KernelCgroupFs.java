package dev.holdfast.cgroup;

import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.Directories;
import dev.holdfast.linux.EventFd;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The kernel's cgroupfs. Watches run their actions on the thread of the [KernelEvents] given, and
/// need a descriptor that they share: whoever has watched closes this, before the events.
public final class KernelCgroupFs implements CgroupFs, AutoCloseable {
  private static final int DIRECTORY_MODE = 0755;

  private final KernelEvents events;
  private @Nullable Modifications modifications;

  public KernelCgroupFs(KernelEvents events) {
    this.events = events;
  }

  @Override
  public String read(Path file) {
    try {
      return ControlFile.readControl(file);
    } catch (LinuxException e) {
      throw CgroupException.of("read", file, e);
    }
  }

  @Override
  public Opened open(Path file) {
    try {
      return new OpenFile(ControlFile.open(file));
    } catch (LinuxException e) {
      throw CgroupException.of("open", file, e);
    }
  }

  private record OpenFile(ControlFile file) implements Opened {
    @Override
    public int read(byte[] into) {
      try {
        return file.readAgain(into);
      } catch (LinuxException e) {
        throw CgroupException.of("read", file.path(), e);
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }

  @Override
  public void write(Path file, String value) {
    try {
      ControlFile.write(file, value);
    } catch (LinuxException e) {
      throw CgroupException.of("write '" + value + "' to", file, e);
    }
  }

  @Override
  public void makeDirectory(Path directory) {
    try {
      Directories.make(directory, DIRECTORY_MODE);
    } catch (LinuxException e) {
      throw CgroupException.of("mkdir", directory, e);
    }
  }

  @Override
  public void removeDirectory(Path directory) {
    try {
      Directories.remove(directory);
    } catch (LinuxException e) {
      throw CgroupException.of("rmdir", directory, e);
    }
  }

  @Override
  public List<String> children(Path directory) {
    try {
      return Directories.subdirectories(directory);
    } catch (LinuxException e) {
      throw CgroupException.of("list", directory, e);
    }
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public Watch onModification(Path file, Runnable action) {
    try {
      return modifications().watch(file, action);
    } catch (LinuxException e) {
      throw CgroupException.of("watch", file, e);
    }
  }

  private synchronized Modifications modifications() {
    if (modifications == null) {
      modifications = new Modifications(events);
    }
    return modifications;
  }

  @Override
  public Watch onEvent(Path control, Path eventControl, Runnable action) {
    try {
      return register(new EventFd(), control, eventControl, action);
    } catch (LinuxException e) {
      throw CgroupException.of("watch", control, e);
    }
  }

  private Watch register(EventFd event, Path control, Path eventControl, Runnable action) {
    try (ControlFile opened = ControlFile.open(control)) {
      // The kernel looks the control up by its descriptor, which may be closed once registered.
      ControlFile.write(eventControl, event.number() + " " + opened.number());
      KernelEvents.Registration registration =
          events.whenReadable(
              event.fd(),
              () -> {
                if (event.clear()) {
                  action.run();
                }
                return true;
              });
      return () -> {
        registration.close();
        event.close();
      };
    } catch (LinuxException e) {
      event.close();
      throw e;
    }
  }

  /// Ends the watches of [#onModification].
  @Override
  public void close() {
    Modifications used;
    synchronized (this) {
      used = modifications;
    }
    if (used != null) {
      used.close();
    }
  }
}
