package dev.holdfast.agent.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// Directory trees.
public final class Trees {
  /// Each level holds a descriptor while those below it are removed.
  private static final int DEEPEST = 500;

  private Trees() {}

  /// Makes a directory through which everybody may pass, whatever the umask, and those above it.
  /// What is there already stays as it is.
  public static void open(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException wasThere) {
      return;
    } catch (NoSuchFileException e) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw e;
      }
      open(parent);
      open(directory);
      return;
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Removes a tree of our own. Repeatable.
  public static void delete(Path tree) throws IOException {
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException cause)
                throws IOException {
              if (cause instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw cause;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException cause)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException gone) {
      return;
    }
  }

  /// Removes a tree in which somebody else may be at work: every step is taken from an open
  /// directory, so that no link put in its place leads out of the tree. Repeatable.
  public static void deleteUntrusted(Path tree) throws IOException {
    Path parent = tree.getParent();
    if (parent == null) {
      throw new IOException("not to be removed: " + tree);
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent)) {
      if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
        throw new IOException("cannot walk safely through " + parent);
      }
      empty(secure, tree.getFileName(), 0);
      secure.deleteDirectory(tree.getFileName());
    } catch (NoSuchFileException gone) {
      return;
    }
  }

  private static void empty(SecureDirectoryStream<Path> parent, Path name, int depth)
      throws IOException {
    if (depth > DEEPEST) {
      throw new IOException("directories nested more than " + DEEPEST + " deep");
    }
    try (SecureDirectoryStream<Path> directory =
        parent.newDirectoryStream(name, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : directory) {
        remove(directory, entry.getFileName(), depth);
      }
    }
  }

  private static void remove(SecureDirectoryStream<Path> directory, Path name, int depth)
      throws IOException {
    try {
      BasicFileAttributes attributes =
          directory
              .getFileAttributeView(
                  name, BasicFileAttributeView.class, java.nio.file.LinkOption.NOFOLLOW_LINKS)
              .readAttributes();
      if (attributes.isDirectory()) {
        empty(directory, name, depth + 1);
        directory.deleteDirectory(name);
      } else {
        directory.deleteFile(name);
      }
    } catch (NoSuchFileException gone) {
      return;
    }
  }

  /// Removes directories from `lowest` upwards, below `top`, as long as they are empty.
  public static void prune(Path lowest, Path top) throws IOException {
    Path directory = lowest;
    while (directory != null && !directory.equals(top) && directory.startsWith(top)) {
      try {
        Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException inUse) {
        return;
      }
      directory = directory.getParent();
    }
  }
}
