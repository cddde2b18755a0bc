/// The work that is measured, a class for each topic.
@NullMarked
package dev.holdfast.bench.topic;

import org.jspecify.annotations.NullMarked;
