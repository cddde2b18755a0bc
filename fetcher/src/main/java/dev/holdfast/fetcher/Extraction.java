package dev.holdfast.fetcher;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// Takes an archive apart. Stops at the first entry that is not a file, a directory or a link
/// within the directory, and when there is too much of it.
final class Extraction {
  /// No honest archive is so dense, but for one that is all zeros.
  private static final long MOST_TIMES = 200;

  /// Below this nobody cares how dense it is.
  private static final long HARMLESS = 64L << 20;

  private static final int MOST_ENTRIES = 500_000;

  /// xz(1) itself needs 65 MiB for its densest.
  private static final int MOST_XZ_KIB = 80 << 10;

  private static final int BUFFER = 64 * 1024;
  private static final int FILE_TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;

  private final Path archive;
  private final SafeTree tree;
  private final Meter meter;
  private long budget;
  private int entries;

  private Extraction(Path archive, SafeTree tree, Meter meter) throws IOException {
    this.archive = archive;
    this.tree = tree;
    this.meter = meter;
    budget = Math.max(HARMLESS, Math.multiplyExact(Files.size(archive), MOST_TIMES));
  }

  /// Extracts `archive` into `directory`.
  ///
  /// @throws FetchException naming the entry that is at fault
  static void run(Archive kind, Path archive, Path directory, Meter meter) throws FetchException {
    meter.extracting();
    try {
      Extraction extraction = new Extraction(archive, new SafeTree(directory), meter);
      if (kind == Archive.ZIP) {
        extraction.zip();
      } else {
        extraction.tar(kind);
      }
    } catch (IOException e) {
      throw new FetchException("cannot extract it: " + Reasons.of(e), e);
    } catch (RuntimeException e) {
      // The library's for some archives that are damaged.
      throw new FetchException("cannot extract it: it is damaged (" + e + ")", e);
    }
  }

  private void tar(Archive kind) throws IOException, FetchException {
    try (InputStream bytes = new Counted(decompressed(kind));
        TarArchiveInputStream tar = new TarArchiveInputStream(bytes)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (!entry.isCheckSumOK()) {
          throw new FetchException("cannot extract it: it is not a tar archive");
        }
        count();
        take(entry, tar);
      }
      // What is behind the end has the checksum in it.
      long _ = bytes.transferTo(OutputStream.nullOutputStream());
    } catch (TooMuch e) {
      throw tooMuch();
    }
  }

  private InputStream decompressed(Archive kind) throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
    try {
      return switch (kind) {
        case TAR, ZIP -> bytes;
        case TAR_GZIP ->
            GzipCompressorInputStream.builder()
                .setInputStream(bytes)
                .setDecompressConcatenated(true)
                .get();
        case TAR_BZIP2 -> new BZip2CompressorInputStream(bytes, true);
        case TAR_XZ ->
            XZCompressorInputStream.builder()
                .setInputStream(bytes)
                .setDecompressConcatenated(true)
                .setMemoryLimitKiB(MOST_XZ_KIB)
                .get();
      };
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private void take(TarArchiveEntry entry, InputStream content) throws IOException, FetchException {
    String name = entry.getName();
    if (entry.isLink()) {
      throw refused(name, "is a hard link");
    } else if (entry.isSymbolicLink()) {
      tree.link(name, entry.getLinkName());
    } else if (entry.isDirectory()) {
      tree.directory(name, entry.getMode());
    } else if (entry.isFile()
        && !entry.isCharacterDevice()
        && !entry.isBlockDevice()
        && !entry.isFIFO()) {
      tree.file(
          name, entry.getMode(), entry.getLastModifiedTime().toInstant(), content, this::spend);
    } else {
      throw refused(name, "is neither a file nor a directory nor a link");
    }
  }

  private void zip() throws IOException, FetchException {
    try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
      List<ZipArchiveEntry> all = Collections.list(zip.getEntriesInPhysicalOrder());
      for (ZipArchiveEntry entry : all) {
        count();
        take(entry, zip);
      }
    }
  }

  private void take(ZipArchiveEntry entry, ZipFile zip) throws IOException, FetchException {
    String name = entry.getName();
    int type = entry.getUnixMode() & FILE_TYPE;
    if (entry.isUnixSymlink()) {
      tree.link(name, zip.getUnixSymlink(entry));
    } else if (entry.isDirectory() && (type == 0 || type == DIRECTORY)) {
      tree.directory(name, entry.getUnixMode());
    } else if (type != 0 && type != REGULAR) {
      throw refused(name, "is neither a file nor a directory nor a link");
    } else if (!zip.canReadEntryData(entry)) {
      throw refused(name, "is encrypted, or compressed in a way that is not known");
    } else {
      try (InputStream content = zip.getInputStream(entry)) {
        Instant modified = entry.getLastModifiedTime().toInstant();
        tree.file(name, entry.getUnixMode(), modified, content, this::spend);
      }
    }
  }

  private static FetchException refused(String name, String why) {
    return SafeTree.refused(name, why);
  }

  private void count() throws FetchException {
    if (++entries > MOST_ENTRIES) {
      throw new FetchException("it has more than " + MOST_ENTRIES + " entries");
    }
  }

  /// Bytes that go to the disk.
  private void spend(int bytes) throws FetchException {
    budget -= bytes;
    if (budget < 0) {
      throw tooMuch();
    }
    meter.add(bytes);
  }

  private FetchException tooMuch() {
    return new FetchException(
        "cannot extract it: it holds more than " + MOST_TIMES + " times its own size");
  }

  /// Says that what was decompressed is too much: the library passes only this kind on.
  private static final class TooMuch extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1L;
  }

  /// What is decompressed, for headers or for nothing, is limited as what is written.
  private final class Counted extends FilterInputStream {
    /// Headers and padding come on top of the content.
    private static final int OVERHEAD = 4;

    private long left;

    Counted(InputStream source) {
      super(source);
      left = Math.multiplyExact(budget, OVERHEAD);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      left -= Math.max(count, 0);
      if (left < 0) {
        throw new TooMuch();
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      int read = read(new byte[(int) Math.min(count, BUFFER)]);
      return Math.max(read, 0);
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
