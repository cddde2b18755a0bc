package dev.holdfast.it.harness;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A call that has ended.
///
/// @param status as a shell has it: 128 and the signal when one ended it
/// @param stdout the file with what it wrote there
public record Finished(int status, Path stdout, String err, Path verdictFile) {
  public String out() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  public byte[] bytes() {
    try {
      return Files.readAllBytes(stdout);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws AssertionError when the status is another, with all that was said
  public Finished expect(int expected) {
    if (status != expected) {
      throw new AssertionError("expected status " + expected + ", but it was " + this);
    }
    return this;
  }

  public List<String> errLines() {
    return err.lines().toList();
  }

  /// Of a call [Holdfast#withVerdict].
  public VerdictDocument verdict() {
    try {
      return new VerdictDocument(
          JsonParser.parseString(Files.readString(verdictFile)).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "status " + status + ", stdout: " + out() + ", stderr: " + err;
  }
}
