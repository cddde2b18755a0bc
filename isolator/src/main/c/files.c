#include "files.h"

#include "sys.h"

long file_write(int fd, const char *from, size_t length)
{
    size_t written = 0;
    while (written < length) {
        long n = sys_write(fd, from + written, length - written);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            return written > 0 ? (long)written : n;
        written += (size_t)n;
    }
    return (long)written;
}

long file_control(const char *path, const char *value)
{
    long fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long n = sys_write((int)fd, value, text_length(value, SIZE_MAX));
    sys_close((int)fd);
    return n < 0 ? n : 0;
}

long file_replace(int dir, const char *name, const char *temporary, const struct text *text)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    long fd = sys_openat(dir, temporary, flags, 0644);
    if (fd < 0)
        return fd;
    long n = file_write((int)fd, text->chars, text->length);
    sys_close((int)fd);

    long error = n < 0 ? n : n < (long)text->length ? -ENOSPC : sys_renameat(dir, temporary, name);
    if (error)
        sys_unlinkat(dir, temporary, 0);
    return error;
}

long file_open_parent(char *path, char **name)
{
    char *last = path + 1;
    for (char *c = path; *c != '\0'; c++)
        if (*c == '/')
            last = c + 1;

    char first = *last;
    *last = '\0';
    long dir = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    *last = first;
    *name = last;
    return dir;
}

void file_null_stdio(void)
{
    long null = sys_openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
    for (int fd = 0; fd <= 2; fd++)
        if (null < 0 || (null != fd && sys_dup3((int)null, fd, 0) < 0))
            sys_close(fd);
    if (null > 2)
        sys_close((int)null);
}
