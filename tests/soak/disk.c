/* Preloaded into PostgreSQL. Makes its disk slow or full, without root.
 *
 * While the file SOAK_DISK.slow exists, each flush takes longer by the milliseconds in it. While SOAK_DISK.full exists, no
 * file grows: a write beyond the end of its file fails, and everything else works, as on a full disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int control(const char *end, char *path, size_t size)
{
	const char *base = getenv("SOAK_DISK");
	return base && snprintf(path, size, "%s.%s", base, end) < (int)size && access(path, F_OK) == 0;
}

static void wait_for_disk(void)
{
	char path[4096], text[16];
	if (!control("slow", path, sizeof path))
		return;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
	if (file >= 0)
		close(file);
	text[length > 0 ? length : 0] = 0;
	usleep((useconds_t)atoi(text) * 1000);
}

/* Whether a file can't have bytes up to `end`. */
static int is_full(int file, off_t end)
{
	char path[4096];
	struct stat stat;
	if (file <= STDERR_FILENO || !control("full", path, sizeof path))
		return 0;
	if (fstat(file, &stat) || !S_ISREG(stat.st_mode) || end <= stat.st_size)
		return 0;
	errno = ENOSPC;
	return 1;
}

static off_t length(const struct iovec *parts, int count)
{
	off_t sum = 0;
	for (int index = 0; index < count; index++)
		sum += parts[index].iov_len;
	return sum;
}

int fsync(int file)
{
	wait_for_disk();
	return REAL(fsync)(file);
}

int fdatasync(int file)
{
	wait_for_disk();
	return REAL(fdatasync)(file);
}

ssize_t write(int file, const void *bytes, size_t count)
{
	if (is_full(file, lseek(file, 0, SEEK_CUR) + (off_t)count))
		return -1;
	return REAL(write)(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at)
{
	if (is_full(file, at + (off_t)count))
		return -1;
	return REAL(pwrite)(file, bytes, count, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at)
{
	if (is_full(file, at + length(parts, count)))
		return -1;
	return REAL(pwritev)(file, parts, count, at);
}

int posix_fallocate(int file, off_t at, off_t count)
{
	return is_full(file, at + count) ? ENOSPC : REAL(posix_fallocate)(file, at, count);
}
