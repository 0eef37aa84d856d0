#ifndef GASTOWN_CPLATFORM_H
#define GASTOWN_CPLATFORM_H
/* System calls that Swift's Glibc module hides, or that older C libraries do not have a name for. */

#if defined(__linux__)
extern long syscall(long number, ...);

/* A descriptor that becomes readable when the process ends; -1 where the kernel is older than 5.3. */
static inline int gastown_pidfd_open(int pid) {
  return (int)syscall(434 /* SYS_pidfd_open, the same on every architecture */, pid, 0);
}
#endif
#endif
