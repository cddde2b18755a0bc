#include "door.h"

#include <linux/un.h>

#include "sys.h"
#include "text.h"

#define NAME "control"

// The directory's own path may be longer than an address can be; this one never is.
static struct text address_of(int run_dir)
{
    struct text path = {0};
    text_add(&path, "/proc/self/fd/");
    text_add_number(&path, (uint64_t)run_dir);
    text_add(&path, "/" NAME);
    return path;
}

long door_open(int run_dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct text path = address_of(run_dir);
    memcpy(address.sun_path, path.chars, path.length);

    long door = sys_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (door < 0)
        return door;
    long error = sys_bind((int)door, &address, sizeof address);
    if (!error)
        error = sys_listen((int)door, 1);
    if (error) {
        sys_close((int)door);
        return error;
    }
    return door;
}

long door_accept(int door)
{
    return sys_accept4(door, SOCK_CLOEXEC);
}
