// Files as the launcher uses them. Functions return 0 or more, or a negative errno.
#ifndef FILES_H
#define FILES_H

#include <stddef.h>

#include "text.h"

// Writes all of it, as far as the kernel takes it: the number of bytes, or the error if it is none.
long file_write(int fd, const char *from, size_t length);

// Writes `value` into a control file, in one write(2): never creates, never truncates.
long file_control(const char *path, const char *value);

// Makes or replaces a file in a directory so that a reader sees all of it or nothing.
long file_replace(int dir, const char *name, const char *temporary, const struct text *text);

// Opens the directory a file is in (for the use of others: O_PATH), and tells the file's own name.
long file_open_parent(char *path, char **name);

// Puts /dev/null in the place of stdin, stdout and stderr, or nothing if that cannot be opened.
void file_null_stdio(void);

#endif
