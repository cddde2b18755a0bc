/// What the end-to-end tests are written with: a place to work that is looked over at the end,
/// calls of `./holdfast`, and what became of them.
@org.jspecify.annotations.NullMarked
package dev.holdfast.it.harness;
