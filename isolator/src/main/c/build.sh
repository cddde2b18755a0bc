#!/bin/sh
# build.sh OUTDIR: compiles executor-launcher to OUTDIR/linux-x86_64/ and OUTDIR/linux-aarch64/.
# The architecture that $CC (default: cc) compiles for is always built, the other one if its cross
# compiler is installed. Needs no libc: a C compiler and the kernel's headers are all.
set -eu

[ $# = 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 2; }
out=$1
src=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
CC=${CC:-cc}

die() { echo "build.sh: $*" >&2; exit 1; }

# The linker's defaults would spend a page on each kind of section; the compiler's add tables and
# checks that only a libc can use. A record is read as what it says it is: hence no strict aliasing.
build() { # compiler architecture [options]
    compiler=$1 dir=$out/linux-$2
    shift 2
    mkdir -p "$dir"
    # shellcheck disable=SC2086  # CC may carry options
    $compiler -std=gnu11 -Os -Wall -Wextra -Werror \
        -ffreestanding -fno-strict-aliasing -fno-stack-protector -fno-pie -fno-ident \
        -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections \
        "$@" -nostdlib -static -s \
        -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noseparate-code \
        -o "$dir/executor-launcher" "$src"/*.c
}

build_for() { # compiler machine
    case $2 in
        x86_64-*) build "$1" x86_64 -fcf-protection=none ;;
        aarch64-*) build "$1" aarch64 -mbranch-protection=none ;;
        *) die "'$1' compiles for '$2'; executor-launcher knows x86_64 and aarch64" ;;
    esac
}

machine=$($CC -dumpmachine) || die "no C compiler: '$CC' does not work (install gcc, or set CC)"
build_for "$CC" "$machine"

case $machine in
    x86_64-*) other=aarch64-linux-gnu-gcc ;;
    *) other=x86_64-linux-gnu-gcc ;;
esac
if echo '#include <asm/unistd.h>' | "$other" -E - >/dev/null 2>&1; then
    build_for "$other" "$($other -dumpmachine)"
else
    echo "build.sh: skipped the other architecture: no $other with kernel headers" >&2
fi
