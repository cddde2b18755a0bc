package dev.holdfast.testkit.fake.v2;

import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Bandwidth;
import dev.holdfast.testkit.fake.Control;
import dev.holdfast.testkit.fake.KernelText;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import dev.holdfast.testkit.fake.Refusal;
import java.util.HashMap;
import java.util.Map;

/// v2's cpu controller. A quota larger than the one above is allowed and has no effect.
final class CpuV2 implements Part {
  private static final long LARGEST_WEIGHT = 10_000;
  private static final String NO_LIMIT = "max";

  private final Map<String, Control> files = new HashMap<>();
  private long weight = 100;
  private Bandwidth bandwidth = Bandwidth.NONE;

  CpuV2(Node node) {
    if (node.isRoot()) {
      return;
    }
    files.put(
        "cpu.weight",
        Control.of(
            () -> weight + "\n",
            text -> weight = KernelText.between(1, LARGEST_WEIGHT, weight(text))));
    files.put("cpu.max", Control.of(this::max, this::setMax));
    if (node.tree().kernel().machine().since(5, 14)) {
      files.put(
          "cpu.max.burst",
          Control.of(
              () -> bandwidth.burst() + "\n",
              text -> set(bandwidth.withBurst(KernelText.unsigned(text)))));
    }
  }

  @Override
  public Map<String, Control> files() {
    return files;
  }

  /// Unsigned: a minus is not a number out of range but none.
  private static String weight(String text) {
    long _ = KernelText.unsigned(text);
    return text;
  }

  private String max() {
    String quota = bandwidth.quota() < 0 ? NO_LIMIT : Long.toString(bandwidth.quota());
    return quota + " " + bandwidth.period() + "\n";
  }

  /// The kernel's `cpu_period_quota_parse()`: a second word that is no number goes unnoticed.
  private void setMax(String text) {
    String[] words = text.strip().split("\\s+", -1);
    Bandwidth value = bandwidth.withQuota(words[0].equals(NO_LIMIT) ? -1 : quota(words[0]));
    if (words.length > 1 && words[1].matches("[0-9]+")) {
      value = value.withPeriod(KernelText.unsigned(words[1]));
    }
    set(value);
  }

  private static long quota(String word) {
    if (!word.matches("[0-9]+")) {
      throw new Refusal(Errno.EINVAL);
    }
    return KernelText.unsigned(word);
  }

  private void set(Bandwidth value) {
    value.require();
    bandwidth = value;
  }
}
