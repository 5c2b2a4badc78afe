/* SPDX-License-Identifier: Apache-2.0 */
#include <io/netdev.h>

#include <base/log.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SYSCTL_PATH 96
#define SYSCTL_TEXT 16

/* What a claim sets, per netdev. */
static const struct {
	const char *family, *key, *safe;
} sysctls[] = {
    {"ipv4", "forwarding", "0"},
    {"ipv6", "forwarding", "0"},
    {"ipv6", "disable_ipv6", "1"},
};

struct sl_netdev_claim {
	char netdev[IFNAMSIZ];
	bool was_down;
	char before[SL_COUNT_OF(sysctls)][SYSCTL_TEXT]; /* "": untouched */
};

static int
ask(unsigned long request, const char *netdev, struct ifreq *ifr,
    struct sl_err *err)
{
	int fd, rc = 0;

	if (strlen(netdev) >= IFNAMSIZ)
		return sl_err_set(err, -ENAMETOOLONG,
		    "%s: an interface name has at most %d characters", netdev,
		    IFNAMSIZ - 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return sl_err_sys(err, -errno, "%s: socket", netdev);
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", netdev);
	if (ioctl(fd, request, ifr))
		rc = sl_err_sys(err, -errno, "interface %s", netdev);
	close(fd);
	return rc;
}

int
sl_netdev_read(
    const char *netdev, struct sl_netdev_facts *out, struct sl_err *err)
{
	struct ifreq ifr;
	int rc;

	if ((rc = ask(SIOCGIFINDEX, netdev, &ifr, err)))
		return rc;
	out->ifindex = (uint32_t)ifr.ifr_ifindex;
	if ((rc = ask(SIOCGIFMTU, netdev, &ifr, err)))
		return rc;
	out->mtu = (uint32_t)ifr.ifr_mtu;
	if ((rc = ask(SIOCGIFFLAGS, netdev, &ifr, err)))
		return rc;
	out->flags = (uint16_t)ifr.ifr_flags;
	if ((rc = ask(SIOCGIFHWADDR, netdev, &ifr, err)))
		return rc;
	if (ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return sl_err_set(err, -EPROTOTYPE,
		    "interface %s is not an Ethernet interface", netdev);
	memcpy(out->mac, ifr.ifr_hwaddr.sa_data, sizeof(out->mac));
	return 0;
}

int
sl_netdev_set_up(const char *netdev, bool up, struct sl_err *err)
{
	struct ifreq ifr;
	int rc;

	if ((rc = ask(SIOCGIFFLAGS, netdev, &ifr, err)))
		return rc;
	if (!!(ifr.ifr_flags & IFF_UP) == up)
		return 0;
	ifr.ifr_flags =
	    (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	return ask(SIOCSIFFLAGS, netdev, &ifr, err);
}

int
sl_netdev_set_mtu(const char *netdev, uint32_t mtu, struct sl_err *err)
{
	struct ifreq ifr = {.ifr_mtu = (int)mtu};

	return ask(SIOCSIFMTU, netdev, &ifr, err);
}

int
sl_netdev_set_mac(const char *netdev, const uint8_t mac[6], struct sl_err *err)
{
	struct ifreq ifr = {.ifr_hwaddr.sa_family = ARPHRD_ETHER};

	memcpy(ifr.ifr_hwaddr.sa_data, mac, 6);
	return ask(SIOCSIFHWADDR, netdev, &ifr, err);
}

/* Lines of /proc/net/vlan/config read "eth0.10 | 10 | eth0" below two lines of
 * heading; absent if the kernel has no VLANs at all. */
bool
sl_netdev_has_vlans(const char *netdev)
{
	FILE *f = fopen("/proc/thread-self/net/vlan/config", "re");
	char line[128], parent[IFNAMSIZ];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s | %*u | %15s", parent) == 1 &&
			!strcmp(parent, netdev);
	fclose(f);
	return found;
}

static void
sysctl_path(unsigned i, const char *netdev, char path[SYSCTL_PATH])
{
	snprintf(path, SYSCTL_PATH, "/proc/sys/net/%s/conf/%s/%s",
	    sysctls[i].family, netdev, sysctls[i].key);
}

static int
read_sysctl(const char *path, char text[SYSCTL_TEXT])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, SYSCTL_TEXT - 1);
	close(fd);
	if (n <= 0)
		return -EIO;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static int
write_sysctl(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

void
sl_netdev_heed_carrier(const char *netdev)
{
	static const char *const families[] = {"ipv4", "ipv6"};
	char path[SYSCTL_PATH];

	for (unsigned i = 0; i < SL_COUNT_OF(families); i++) {
		snprintf(path, sizeof(path),
		    "/proc/sys/net/%s/conf/%s/ignore_routes_with_linkdown",
		    families[i], netdev);
		write_sysctl(path, "1");
	}
}

/* Sets sysctl 'i'; one that does not exist (a kernel without IPv6) is fine. */
static int
make_safe(struct sl_netdev_claim *c, unsigned i, struct sl_err *err)
{
	char path[SYSCTL_PATH], now[SYSCTL_TEXT];
	int rc;

	sysctl_path(i, c->netdev, path);
	rc = read_sysctl(path, now);
	if (rc == -ENOENT)
		return 0;
	if (!rc && !strcmp(now, sysctls[i].safe))
		return 0;
	if (!rc)
		rc = write_sysctl(path, sysctls[i].safe);
	if (rc)
		return sl_err_sys(err, rc, "%s", path);
	memcpy(c->before[i], now, sizeof(now));
	return 0;
}

static void
warn_of_addresses(const char *netdev)
{
	struct ifaddrs *all, *a;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&all))
		return;
	for (a = all; a; a = a->ifa_next) {
		const struct sockaddr_in *in = (void *)a->ifa_addr;
		const struct sockaddr_in6 *in6 = (void *)a->ifa_addr;

		if (!in || strcmp(a->ifa_name, netdev))
			continue;
		if (in->sin_family == AF_INET)
			inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		else if (in->sin_family == AF_INET6 &&
			 !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
			inet_ntop(
			    AF_INET6, &in6->sin6_addr, text, sizeof(text));
		else
			continue;
		sl_log(SL_LOG_WARNING, "interface",
		    "%s has address %s in the kernel: addresses of a port "
		    "belong in the configuration",
		    netdev, text);
		break;
	}
	freeifaddrs(all);
}

struct sl_netdev_claim *
sl_netdev_claim(const char *netdev, struct sl_err *err)
{
	struct sl_netdev_facts facts;
	struct sl_netdev_claim *c;

	if (sl_netdev_read(netdev, &facts, err))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c) {
		sl_err_set(err, -ENOMEM, "%s: out of memory", netdev);
		return NULL;
	}
	snprintf(c->netdev, sizeof(c->netdev), "%s", netdev);
	warn_of_addresses(netdev);
	for (unsigned i = 0; i < SL_COUNT_OF(sysctls); i++) {
		if (make_safe(c, i, err))
			goto out_release;
	}
	if (!(facts.flags & IFF_UP)) {
		if (sl_netdev_set_up(netdev, true, err))
			goto out_release;
		c->was_down = true;
	}
	return c;

out_release:
	sl_netdev_release(c);
	return NULL;
}

void
sl_netdev_release(struct sl_netdev_claim *c)
{
	char path[SYSCTL_PATH];

	if (!c)
		return;
	if (c->was_down)
		sl_netdev_set_up(c->netdev, false, NULL);
	for (unsigned i = 0; i < SL_COUNT_OF(sysctls); i++) {
		sysctl_path(i, c->netdev, path);
		if (*c->before[i])
			write_sysctl(path, c->before[i]);
	}
	free(c);
}
