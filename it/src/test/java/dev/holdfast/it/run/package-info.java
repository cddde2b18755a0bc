/// `./holdfast run` and its siblings on this machine's kernel, from the outside.
@org.jspecify.annotations.NullMarked
package dev.holdfast.it.run;
