package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows under headers, the columns as wide as they need to be. Cells are made fit for a terminal.
final class Table {
  private static final String GAP = "   ";

  private final List<String[]> rows = new ArrayList<>();

  Table(String... headers) {
    row(headers);
  }

  void row(String... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] = Streams.printable(cells[i]);
    }
    rows.add(row);
  }

  /// A line for each row, without blanks at its end.
  String format() {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(i == 0 ? "" : GAP).append(row[i]);
        line.append(" ".repeat(widths[i] - width(row[i])));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
