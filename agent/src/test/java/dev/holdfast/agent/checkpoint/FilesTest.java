package dev.holdfast.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
  @TempDir Path directory;

  @Test
  void aFileIsReplacedAsAWholeAndReadableByItsOwnerAlone() throws Exception {
    Path file = directory.resolve("checkpoint.json");
    AtomicFile.write(file, "one");
    AtomicFile.writeDurably(file, "two");

    assertThat(AtomicFile.read(file)).contains("two");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  /// The seed deleted it first.
  @Test
  void aLinkIsReplacedAsAWhole() throws Exception {
    Path link = directory.resolve("latest");
    AtomicFile.link(link, Path.of("0"));
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 1; i <= 200; i++) {
                try {
                  AtomicFile.link(link, Path.of(Integer.toString(i)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    while (writer.isAlive()) {
      assertThat(link).isSymbolicLink();
    }
    writer.join();

    assertThat(Files.readSymbolicLink(link)).hasToString("200");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(link);
    }
  }

  @Test
  void anEmptyFileAndNoneAreTheSame() throws Exception {
    Files.createFile(directory.resolve("empty"));
    assertThat(AtomicFile.read(directory.resolve("empty"))).isEmpty();
    assertThat(AtomicFile.read(directory.resolve("none"))).isEmpty();
  }

  @Test
  void whatCannotBeWrittenLeavesNothing() throws Exception {
    Path inTheWay = directory.resolve("x");
    Files.createDirectories(inTheWay.resolve("full"));
    assertThatThrownBy(() -> AtomicFile.write(inTheWay, "text")).isInstanceOf(IOException.class);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(inTheWay);
    }
  }

  @Test
  void linksInASandboxAreRemovedAndNotFollowed() throws Exception {
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "x");
    Path tree = directory.resolve("tree");
    Files.createDirectories(tree.resolve("deep"));
    Files.createSymbolicLink(tree.resolve("deep/link"), outside);
    Files.writeString(tree.resolve("file"), "x");

    Trees.deleteUntrusted(tree);
    assertThat(tree).doesNotExist();
    assertThat(outside.resolve("precious")).exists();
    Trees.deleteUntrusted(tree);
  }

  @Test
  void aSandboxThatWasReplacedByALinkIsNotWalkedInto() throws Exception {
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "x");
    Path tree = directory.resolve("tree");
    Files.createSymbolicLink(tree, outside);

    assertThatThrownBy(() -> Trees.deleteUntrusted(tree)).isInstanceOf(IOException.class);
    assertThat(outside.resolve("precious")).exists();
  }

  @Test
  void theAgentKeepsItsNameUntilItIsForgotten() throws Exception {
    String first = MetaTree.open(directory).agent();
    assertThat(MetaTree.open(directory).agent()).isEqualTo(first);
    MetaTree.open(directory).forget();
    assertThat(MetaTree.open(directory).agent()).isNotEqualTo(first);
  }

  @Test
  void removingTheLastRunOfAnExecutorRemovesTheExecutor() throws Exception {
    MetaTree tree = MetaTree.open(directory);
    Checkpoint checkpoint = CheckpointTest.some();
    tree.begin(checkpoint);
    assertThat(tree.runs()).hasSize(1);
    assertThat(MetaTree.id(tree.runs().getFirst())).isEqualTo(checkpoint.id());

    tree.remove(checkpoint.executor(), checkpoint.id());
    tree.remove(checkpoint.executor(), checkpoint.id());
    assertThat(tree.runs()).isEmpty();
    try (var left = Files.walk(directory.resolve("meta/slaves").resolve(tree.agent()))) {
      assertThat(left.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString))
          .containsExactly("framework.info");
    }
  }

  @Test
  void noIdLeadsOutOfTheSandboxes() {
    Sandboxes sandboxes = new Sandboxes(directory, "agent");
    for (String name : new String[] {"..", ".", "/", "../../etc", "a/../b", "\u2026"}) {
      Path path = sandboxes.path(new ExecutorId(name, name), RunId.random());
      assertThat(path.normalize()).isEqualTo(path);
      assertThat(path.startsWith(directory)).isTrue();
      assertThat(path.getNameCount()).isEqualTo(directory.getNameCount() + 8);
    }
  }
}
