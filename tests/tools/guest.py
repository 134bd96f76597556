#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""guest.py LIBRARY.so LIBRARY.a: a good guest takes little from its host. What the library calls is a short list,
and what it can change for the whole process is a shorter one. Something new here wants a reason."""
import re
import subprocess
import sys

from tap import Cases

CALLS = {
    "memory": "aligned_alloc free",
    "strings": "memchr memcmp memcpy memmove memset memrchr strchr strcmp strcpy strcspn strlen strncmp strrchr strspn strstr "
               "strtod snprintf vsnprintf __xpg_strerror_r strerror_r qsort bcmp",
    "mathematics": "acos asin atan cos cosf exp exp2 exp2f expf expm1 fabs floor fmod frexp ldexp lgamma log log10 "
                   "log1p log2 log2f logf nearbyint pow powf rint round scalbn scalbnf sin sincos sinf sqrt sqrtf "
                   "tan tanh tanhf trunc __isinf __isnan",
    "files": "close fstat fsync open open64 read rename unlink write getpid fstat64 stat stat64",
    "machine": "clock_gettime sched_getaffinity sysconf __errno_location __sched_cpucount",
    "threads": "pthread_atfork pthread_create pthread_join pthread_mutex_destroy pthread_mutex_init "
               "pthread_mutex_lock pthread_mutex_unlock pthread_once pthread_sigmask sigfillset __register_atfork",
    "compiler": "__stack_chk_fail __tls_get_addr _GLOBAL_OFFSET_TABLE_ __cpu_model __cpu_indicator_init "
                "_ITM_deregisterTMCloneTable _ITM_registerTMCloneTable __cxa_finalize __gmon_start__ __dso_handle",
}
OTHERS = r"cblas_\w+|LAPACKE_\w+|utf8proc_\w+|sb_stemmer_\w+"  # the libraries that meson.build names
MUTABLE = {
    "blas_mutex": "one BLAS call at a time",
    "blas_once": "its handlers for fork are registered once",
    "chosen_kernels": "what this processor can run, looked up once",
}

shared, static = sys.argv[1:3]
cases = Cases()


def lines(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")


allowed = set(" ".join(CALLS.values()).split())
called = {line.split()[0].split("@")[0] for line in lines("nm", "-P", "-D", "--undefined-only", shared) if line}
plain = {re.sub(r"^__(\w+)_chk$", r"\1", name) for name in called}
cases.none("calls only what a library may call", sorted(n for n in plain - allowed if not re.fullmatch(OTHERS, n)))

mutable = set()
for line in lines("objdump", "-t", static):
    row = re.match(r"[0-9a-f]+ .{7} (\S+)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
    if row and re.match(r"\.(data|bss|tdata|tbss)\b(?!\.rel\.ro)|\*COM\*", row[1]) and not row[2].startswith("."):
        mutable.add(re.sub(r"\.\d+$", "", row[2]))
cases.none("changes only the known state of the process", sorted(mutable - set(MUTABLE)))
cases.none("the known state is there", sorted(set(MUTABLE) - mutable))
cases.done()
