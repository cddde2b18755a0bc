// What freestanding C lacks of strings, and what gcc itself may call: memcpy and memset.
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int byte, size_t n);

// The length of a string in an array of `limit` bytes; `limit` if it has no NUL.
size_t text_length(const char *chars, size_t limit);

bool text_equals(const char *a, const char *b);

// A text under construction. What does not fit is cut off; users size it so that all fits.
struct text {
    size_t length;
    char chars[640];
};

void text_add(struct text *text, const char *chars);
void text_add_number(struct text *text, uint64_t number);

#endif
