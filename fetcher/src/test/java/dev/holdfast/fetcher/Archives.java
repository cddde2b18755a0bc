package dev.holdfast.fetcher;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/// Makes archives, also such as no honest program makes.
final class Archives {
  private Archives() {}

  interface Content {
    void into(TarArchiveOutputStream tar) throws IOException;
  }

  interface ZipContent {
    void into(ZipArchiveOutputStream zip) throws IOException;
  }

  static Path tar(Path file, Content content) throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(compressed(file), StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      content.into(tar);
    }
    return file;
  }

  private static OutputStream compressed(Path file) throws IOException {
    OutputStream bytes = Files.newOutputStream(file);
    return switch (Archive.of(file.getFileName().toString()).orElseThrow()) {
      case TAR, ZIP -> bytes;
      case TAR_GZIP -> new GzipCompressorOutputStream(bytes);
      case TAR_BZIP2 -> new BZip2CompressorOutputStream(bytes);
      case TAR_XZ -> new XZCompressorOutputStream(bytes);
    };
  }

  static Path zip(Path file, ZipContent content) throws IOException {
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      content.into(zip);
    }
    return file;
  }

  static void add(TarArchiveOutputStream tar, String name, int mode, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // Without this flag the library would make absolute names relative.
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(bytes.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  static void directory(TarArchiveOutputStream tar, String name, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  static void link(TarArchiveOutputStream tar, String name, String target) throws IOException {
    special(tar, name, TarConstants.LF_SYMLINK, target);
  }

  static void special(TarArchiveOutputStream tar, String name, byte type, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  static void zeros(TarArchiveOutputStream tar, String name, long length) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(length);
    tar.putArchiveEntry(entry);
    byte[] chunk = new byte[1 << 20];
    for (long left = length; left > 0; left -= chunk.length) {
      tar.write(chunk, 0, (int) Math.min(left, chunk.length));
    }
    tar.closeArchiveEntry();
  }

  static void add(ZipArchiveOutputStream zip, String name, int unixMode, String text)
      throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setUnixMode(unixMode);
    zip.putArchiveEntry(entry);
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeArchiveEntry();
  }
}
