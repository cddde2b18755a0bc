/// `./holdfast agent` from end to end.
@org.jspecify.annotations.NullMarked
package dev.holdfast.it.agent;
