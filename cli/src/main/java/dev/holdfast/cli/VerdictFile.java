package dev.holdfast.cli;

import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.json.OutcomeJson;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file that `--verdict` names. Looked at before the run, so that a place that cannot be
/// written is told while nothing has happened yet; written once the run has ended.
final class VerdictFile {
  private final Path path;

  private VerdictFile(Path path) {
    this.path = path;
  }

  static VerdictFile at(String text) {
    Path path = Path.of(text).toAbsolutePath();
    Path directory = path.getParent();
    if (Files.isDirectory(path)) {
      throw new IllegalArgumentException(path + " is a directory");
    }
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IllegalArgumentException("there is no directory " + directory);
    }
    if (!Files.isWritable(Files.exists(path) ? path : directory)) {
      throw new IllegalArgumentException("cannot write " + path);
    }
    return new VerdictFile(path);
  }

  /// The run has ended as it has: a file that cannot be written is told, and changes nothing.
  void write(Outcome outcome, ExecutorSpec spec, Streams streams) {
    try {
      write(json -> new OutcomeJson(json).write(outcome, spec));
    } catch (IOException e) {
      streams.message("--verdict: cannot write " + path + ": " + reason(e));
    }
  }

  /// The same for a run of an agent, which has put it down already.
  void write(JsonObject outcome, Streams streams) {
    try {
      Files.writeString(path, JsonText.format(outcome));
    } catch (IOException e) {
      streams.message("--verdict: cannot write " + path + ": " + reason(e));
    }
  }

  /// For a run that could not be set up, which is what the user is told.
  void writeRefusal(ExecutorSpec spec, String why) {
    try {
      write(json -> new OutcomeJson(json).writeRefusal(spec, why));
    } catch (IOException e) {
      return;
    }
  }

  private interface Content {
    void writeTo(JsonWriter json) throws IOException;
  }

  private void write(Content content) throws IOException {
    // What is not Unicode, as a word of the command may be, becomes a question mark.
    try (Writer writer =
        new OutputStreamWriter(Files.newOutputStream(path), StandardCharsets.UTF_8)) {
      JsonWriter json = new JsonWriter(writer);
      json.setIndent("  ");
      content.writeTo(json);
      json.flush();
      writer.write('\n');
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.FileSystemException failure when failure.getReason() != null ->
          failure.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
