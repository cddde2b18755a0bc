/// Measures what Holdfast's work costs: all contenders of a topic take turns in one run.
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
