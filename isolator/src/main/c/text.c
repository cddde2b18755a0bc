#include "text.h"

// The empty asm keeps the compiler from seeing a memcpy or memset in the loop, and calling it.
#define NOT_A_LIBRARY_CALL(pointer) __asm__ volatile("" : "+r"(pointer) : : "memory")

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    char *target = to;
    for (const char *source = from; n > 0; n--) {
        *target++ = *source++;
        NOT_A_LIBRARY_CALL(target);
    }
    return to;
}

void *memset(void *to, int byte, size_t n)
{
    for (char *target = to; n > 0; n--) {
        *target++ = (char)byte;
        NOT_A_LIBRARY_CALL(target);
    }
    return to;
}

size_t text_length(const char *chars, size_t limit)
{
    size_t length = 0;
    while (length < limit && chars[length] != '\0')
        length++;
    return length;
}

bool text_equals(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return *a == *b;
}

void text_add(struct text *text, const char *chars)
{
    while (*chars != '\0' && text->length < sizeof text->chars)
        text->chars[text->length++] = *chars++;
}

void text_add_number(struct text *text, uint64_t number)
{
    char digits[21];
    size_t first = sizeof digits - 1;
    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_add(text, digits + first);
}
