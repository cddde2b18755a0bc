package dev.holdfast.cgroup;

import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.Directories;
import dev.holdfast.linux.EventFd;
import dev.holdfast.linux.Inotify;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The kernel's cgroupfs. Watches run their actions on the thread of the [KernelEvents] given.
public final class KernelCgroupFs implements CgroupFs {
  private static final int DIRECTORY_MODE = 0755;

  private final KernelEvents events;

  public KernelCgroupFs(KernelEvents events) {
    this.events = events;
  }

  @Override
  public String read(Path file) {
    try {
      return ControlFile.read(file);
    } catch (LinuxException e) {
      throw CgroupException.of("read", file, e);
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
    Inotify inotify = new Inotify();
    try {
      inotify.watchModifications(file);
      KernelEvents.Registration registration =
          events.whenReadable(
              inotify.fd(),
              () -> {
                if (inotify.drain()) {
                  action.run();
                }
                return true;
              });
      return () -> {
        registration.close();
        inotify.close();
      };
    } catch (LinuxException e) {
      inotify.close();
      throw CgroupException.of("watch", file, e);
    }
  }

  @Override
  public Watch onEvent(Path control, Path eventControl, Runnable action) {
    EventFd event = new EventFd();
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
      throw CgroupException.of("watch", control, e);
    }
  }
}
