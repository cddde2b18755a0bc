package dev.holdfast.testkit.fake;

import dev.holdfast.linux.Errno;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One control file: the text it shows and what a write does, each of which may refuse.
public record Control(Supplier<String> reader, Consumer<String> writer) {
  public static Control of(Supplier<String> reader, Consumer<String> writer) {
    return new Control(reader, writer);
  }

  // Root may open any control file; the kernel says EINVAL when it has no handler.

  public static Control readOnly(Supplier<String> reader) {
    return new Control(
        reader,
        _ -> {
          throw new Refusal(Errno.EINVAL);
        });
  }

  public static Control writeOnly(Consumer<String> writer) {
    return new Control(
        () -> {
          throw new Refusal(Errno.EINVAL);
        },
        writer);
  }

  public static Control constant(String text) {
    return readOnly(() -> text + "\n");
  }
}
