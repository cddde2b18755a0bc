/// Code paths by themselves, under JMH.
@NullMarked
package dev.holdfast.bench.code;

import org.jspecify.annotations.NullMarked;
