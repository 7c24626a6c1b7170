/* Preloaded into the relay. After each flush of a file, keeps a copy of the file as FILE.flushed: what a power cut would
 * leave. A flush fails while the file AKIBA_FAIL exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int flush(const char *name, int file)
{
	char link[64], path[4096], copy[4200], buffer[65536];
	struct stat stat;
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0)
		return -1;
	path[length] = 0;
	const char *fail = getenv("AKIBA_FAIL");
	if (fail && access(fail, F_OK) == 0) {
		errno = EIO;
		return -1;
	}
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	int result = real(file);
	if (result || fstat(file, &stat) || !S_ISREG(stat.st_mode))
		return result;
	snprintf(copy, sizeof copy, "%s.flushed", path);
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int to = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (ssize_t got; from >= 0 && to >= 0 && (got = read(from, buffer, sizeof buffer)) > 0;)
		if (write(to, buffer, got) != got)
			abort();
	close(from);
	close(to);
	return 0;
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
