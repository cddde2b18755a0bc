#include "forkserver.h"

#include "cgroup.h"
#include "files.h"
#include "signals.h"
#include "sys.h"
#include "text.h"

#define SERVER 5 // the socket to the holder, out of the way of a launcher's descriptors

#define LONGEST_TITLE 320

enum { GIVEN_CONTROL, GIVEN_LOCK_FILE, GIVEN_STDIN, GIVEN = GIVEN_STDIN + 3 };

struct request {
    char title[LONGEST_TITLE];
    size_t title_length;
    int given[GIVEN], given_count;
};

// What `ps` shows: the memory that the kernel has put the arguments in.
static char *title;
static size_t title_room;

bool fork_server_is_asked_for(char **argv)
{
    return argv[0] && argv[1] && text_equals(argv[1], "fork-server") && argv[2] && argv[3];
}

static void find_title(char **argv)
{
    char **last = argv;
    while (last[1])
        last++;
    title = *argv;
    title_room = (size_t)(*last - title) + text_length(*last, SIZE_MAX) + 1;
}

static void show_title(const char *chars, size_t length)
{
    if (length >= title_room)
        length = title_room - 1;
    memcpy(title, chars, length);
    memset(title + length, '\0', title_room - length);
}

static void answer(int socket, int64_t pid_or_error)
{
    sys_sendto(socket, &pid_or_error, sizeof pid_or_error, MSG_NOSIGNAL);
}

// Lets go of all that is the holder's but its working directory, in which a run may have to be.
static void let_go(void)
{
    sys_dup3(CONTROL, SERVER, O_CLOEXEC);
    sys_close(CONTROL);
    sys_close(LOCK_FILE);
    sys_close_range(SERVER + 1, ~0u, 0);
    file_null_stdio();
}

static long enter_cgroups(const char *cgroup2, char **tasks)
{
    for (; *tasks; tasks++) {
        long error = file_control(*tasks, "0");
        if (error)
            return error;
    }
    return *cgroup2 == '\0' ? 0 : cgroup_be_reborn_in(cgroup2);
}

// The length of the message; 0 or a negative errno when there was none.
static long receive(struct request *request)
{
    struct {
        struct control_header header;
        int descriptors[GIVEN];
    } rights;
    const size_t room = sizeof rights.header + sizeof rights.descriptors; // for no descriptor more
    *request = (struct request){0};
    struct iovec part = {request->title, sizeof request->title};
    struct message_header message = {.parts = &part,
                                     .part_count = 1,
                                     .control = &rights,
                                     .control_length = room};
    long n = sys_recvmsg(SERVER, &message, MSG_CMSG_CLOEXEC);
    if (n <= 0)
        return n;
    request->title_length = (size_t)n;
    if (message.control_length >= sizeof rights.header && rights.header.level == SOL_SOCKET &&
        rights.header.type == SCM_RIGHTS) {
        size_t bytes = rights.header.length - sizeof rights.header;
        request->given_count = (int)(bytes / sizeof *rights.descriptors);
        for (int i = 0; i < request->given_count; i++)
            request->given[i] = rights.descriptors[i];
    }
    return n;
}

// The kernel gives the lowest numbers that are free, and leaves out those that it has no room for.
static bool is_complete(const struct request *request)
{
    return request->given_count == GIVEN && request->given[GIVEN_CONTROL] == CONTROL &&
           request->given[GIVEN_LOCK_FILE] == LOCK_FILE;
}

static void become_launcher(const struct request *request)
{
    // Above the two, they are closed with all else there.
    for (int fd = 0; fd <= 2; fd++)
        sys_dup3(request->given[GIVEN_STDIN + fd], fd, 0);
    answer(CONTROL, sys_getpid());
    show_title(request->title, request->title_length);
    signals_forget_children(false);
}

void fork_server(char **argv)
{
    let_go();
    find_title(argv);
    long error = enter_cgroups(argv[3], argv + 4);
    if (error) {
        answer(SERVER, error);
        leave(1);
    }
    sys_setsid();
    const char own[] = "executor-launcher\0fork-server";
    show_title(own, sizeof own);
    signals_forget_children(true);
    answer(SERVER, sys_getpid());

    for (;;) {
        struct request request;
        long n = receive(&request);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            leave(0);
        // No CLONE_VM, no CLONE_VFORK: whatever the launcher meets, this one goes on.
        long pid = is_complete(&request) ? sys_clone(SIGCHLD) : -EMFILE;
        if (pid == 0) {
            become_launcher(&request);
            return;
        }
        if (pid < 0 && request.given_count > GIVEN_CONTROL)
            answer(request.given[GIVEN_CONTROL], pid);
        for (int i = 0; i < request.given_count; i++)
            sys_close(request.given[i]);
    }
}
