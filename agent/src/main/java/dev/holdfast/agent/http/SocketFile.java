package dev.holdfast.agent.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Unix socket in the file system.
///
/// A socket's permissions follow the umask, which Java cannot set. So it is bound in a directory
/// that only we may enter, gets owner and mode there, and is then moved to its place: at no moment
/// is it open to others. A bound socket belongs to its inode, so clients reach it by the new name.
final class SocketFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
  private static final int BACKLOG = 1024;
  private static final int TYPE_MASK = 0170000; // S_IFMT, inode(7)
  private static final int TYPE_SOCKET = 0140000;

  private final Path path;
  private final ServerSocketChannel channel;
  private final Optional<Object> inode;

  private SocketFile(Path path, ServerSocketChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.inode = inode(path);
  }

  /// @param group of those who may connect; when there is none of this name, only root may
  /// @throws IOException when the socket cannot be made, or somebody listens on it
  static SocketFile bind(Path path, String group) throws IOException {
    removeStale(path);
    Path room = privateDirectory(path);
    Path inside = room.resolve("s");
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(inside), BACKLOG);
      setGroup(inside, group);
      Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("rw-rw----"));
      Files.move(inside, path, StandardCopyOption.ATOMIC_MOVE);
      return new SocketFile(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      Files.deleteIfExists(inside);
      throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(room);
    }
  }

  ServerSocketChannel channel() {
    return channel;
  }

  /// Removes the file, unless it is another's by now.
  @Override
  public void close() throws IOException {
    if (inode.isPresent() && inode.equals(inode(path))) {
      Files.deleteIfExists(path);
    }
  }

  private static void removeStale(Path path) throws IOException {
    int mode;
    try {
      mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if ((mode & TYPE_MASK) != TYPE_SOCKET) {
      throw new IOException(path + " is in the way: it is not a socket");
    }
    if (answers(path)) {
      throw new IOException("somebody listens on " + path + " already");
    }
    Files.deleteIfExists(path);
  }

  private static boolean answers(Path path) throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    try (client) {
      return client.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException refused) {
      return false;
    }
  }

  /// Its name is short since the path of a socket has at most 107 bytes.
  private static Path privateDirectory(Path socket) throws IOException {
    Path parent = Optional.ofNullable(socket.toAbsolutePath().getParent()).orElseThrow();
    while (true) {
      int random = ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36);
      Path room = parent.resolve("." + Integer.toString(random, 36));
      try {
        Files.createDirectory(
            room,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        continue;
      }
      // Takes a set-group-ID bit away that was inherited, with it the parent's group.
      Files.setPosixFilePermissions(room, PosixFilePermissions.fromString("rwx------"));
      return room;
    }
  }

  private static void setGroup(Path socket, String group) throws IOException {
    try {
      var principal =
          socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
      Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(principal);
    } catch (UserPrincipalNotFoundException e) {
      LOG.info("there is no group '{}': only root can use the socket", group);
    }
  }

  private static Optional<Object> inode(Path path) throws IOException {
    try {
      return Optional.ofNullable(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
