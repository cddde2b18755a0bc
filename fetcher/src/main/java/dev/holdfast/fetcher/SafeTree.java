package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A directory into which the entries of an archive go, and out of which none leads.
///
/// Nothing is ever written through a link. A link may lead only upwards first, not above the
/// directory, and then downwards: wherever its way goes over other such links it stays inside,
/// whichever of them is made first.
final class SafeTree {
  private static final int USUAL_FILE = 0644;
  private static final int USUAL_DIRECTORY = 0755;
  private static final int OWNERS_IN_DIRECTORY = 0700;
  private static final int OWNERS_IN_FILE = 0600;
  private static final int UMASK = 022;
  private static final int BUFFER = 64 * 1024;

  private final Path root;

  SafeTree(Path root) {
    this.root = root;
  }

  /// Hears of bytes before they are written.
  interface Account {
    void spend(int bytes) throws FetchException;
  }

  static FetchException refused(String entry, String why) {
    return new FetchException("cannot extract it: its entry '" + entry + "' " + why);
  }

  void directory(String entry, int mode) throws IOException, FetchException {
    List<String> names = names(entry);
    if (names.isEmpty()) {
      return; // the directory itself, whose owner has settled its mode
    }
    Path directory = parent(entry, names).resolve(names.getLast());
    enter(entry, directory);
    permit(directory, (mode == 0 ? USUAL_DIRECTORY : mode) | OWNERS_IN_DIRECTORY);
  }

  void file(String entry, int mode, Instant modified, InputStream content, Account account)
      throws IOException, FetchException {
    Path file = free(entry);
    try (OutputStream out =
        Files.newOutputStream(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER];
      for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
        account.spend(length);
        out.write(buffer, 0, length);
      }
    }
    permit(file, (mode == 0 ? USUAL_FILE : mode) | OWNERS_IN_FILE);
    Files.setLastModifiedTime(file, FileTime.from(modified));
  }

  void link(String entry, String target) throws IOException, FetchException {
    int depth = names(entry).size() - 1;
    boolean descending = false;
    if (target.isEmpty() || target.startsWith("/")) {
      throw leadsOut(entry, target);
    }
    for (String name : target.split("/", -1)) {
      if (name.equals("..")) {
        depth--;
        if (descending || depth < 0) {
          throw leadsOut(entry, target);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        descending = true;
      }
    }
    try {
      Files.createSymbolicLink(free(entry), Path.of(target));
    } catch (InvalidPathException e) {
      throw refused(entry, "links to what cannot be a path");
    }
  }

  private static FetchException leadsOut(String entry, String target) {
    return refused(entry, "is a link out of the sandbox, to '" + target + "'");
  }

  /// The names on the way to an entry.
  private static List<String> names(String entry) throws FetchException {
    if (entry.startsWith("/")) {
      throw refused(entry, "has an absolute name");
    }
    List<String> names = new ArrayList<>();
    for (String name : entry.split("/", -1)) {
      if (name.equals("..")) {
        throw refused(entry, "leads out of the sandbox");
      }
      if (name.indexOf('\0') >= 0) {
        throw refused(entry.replace('\0', '?'), "has a NUL in its name");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names;
  }

  /// Makes the directories on the way.
  private Path parent(String entry, List<String> names) throws IOException, FetchException {
    Path at = root;
    for (String name : names.subList(0, names.size() - 1)) {
      at = at.resolve(name);
      enter(entry, at);
    }
    return at;
  }

  /// A directory that is there, or is made.
  private static void enter(String entry, Path directory) throws IOException, FetchException {
    try {
      BasicFileAttributes there =
          Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (there.isSymbolicLink()) {
        throw refused(entry, "goes through the link '" + directory.getFileName() + "'");
      }
      if (!there.isDirectory()) {
        throw refused(entry, "goes through '" + directory.getFileName() + "', no directory");
      }
    } catch (NoSuchFileException e) {
      Files.createDirectory(directory);
      permit(directory, USUAL_DIRECTORY);
    }
  }

  /// Where an entry is to be, with nothing there.
  private Path free(String entry) throws IOException, FetchException {
    List<String> names = names(entry);
    if (names.isEmpty()) {
      throw refused(entry, "has no name");
    }
    Path path = parent(entry, names).resolve(names.getLast());
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(entry, "is where a directory is");
    }
    Files.deleteIfExists(path);
    return path;
  }

  private static void permit(Path path, int mode) throws IOException {
    Files.setPosixFilePermissions(path, permissions(mode & ~UMASK));
  }

  /// Only these: nothing that changes whose rights a program has.
  static Set<PosixFilePermission> permissions(int mode) {
    PosixFilePermission[] all = PosixFilePermission.values(); // in the order of `rwxrwxrwx`
    Set<PosixFilePermission> some = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      if ((mode & 1 << (all.length - 1 - i)) != 0) {
        some.add(all[i]);
      }
    }
    return some;
  }
}
