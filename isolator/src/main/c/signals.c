#include "signals.h"

#include "sys.h"

#define LAST_SIGNAL 64

// SIGXFSZ: a holder's file size limit must cost log bytes, not the run.
static const uint8_t ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGXFSZ};
static const uint64_t children = 1ull << (SIGCHLD - 1);

static void dispose_ignored(uintptr_t handler)
{
    const struct kernel_sigaction action = {.handler = handler};
    for (size_t i = 0; i < sizeof ignored; i++)
        sys_rt_sigaction(ignored[i], &action);
}

void signals_set_up(void)
{
    // The holder's come through exec: with SIGCHLD ignored, the statuses would be lost.
    const struct kernel_sigaction by_default = {0};
    for (int signal = 1; signal <= LAST_SIGNAL; signal++)
        sys_rt_sigaction(signal, &by_default);
    dispose_ignored((uintptr_t)SIG_IGN);
    sys_rt_sigprocmask(SIG_SETMASK, &children);
}

void signals_forget_children(bool forget)
{
    const struct kernel_sigaction action = {.handler = (uintptr_t)(forget ? SIG_IGN : SIG_DFL)};
    sys_rt_sigaction(SIGCHLD, &action);
}

long signals_open_children(void)
{
    return sys_signalfd4(-1, &children, O_CLOEXEC | O_NONBLOCK);
}

void signals_reset(void)
{
    const uint64_t none = 0;
    dispose_ignored((uintptr_t)SIG_DFL);
    sys_rt_sigprocmask(SIG_SETMASK, &none);
}
