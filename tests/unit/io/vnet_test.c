/* SPDX-License-Identifier: Apache-2.0 */
#include <io/vnet.h>

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define NEEDS VIRTIO_NET_HDR_F_NEEDS_CSUM
#define VALID VIRTIO_NET_HDR_F_DATA_VALID
#define TCP4  VIRTIO_NET_HDR_GSO_TCPV4
#define ECN   VIRTIO_NET_HDR_GSO_ECN

struct row {
	struct virtio_net_hdr from; /* as the kernel gives it */
	struct sl_offload offload;
	struct virtio_net_hdr to; /* as we give it back */
};

static const struct row rows[] = {
    {{0}, {0}, {0}},
    {.from = {.flags = NEEDS, .csum_start = 34, .csum_offset = 16},
	.offload = {.flags = SL_OFFLOAD_PARTIAL,
	    .csum_start = 34,
	    .csum_offset = 16},
	.to = {.flags = NEEDS, .csum_start = 34, .csum_offset = 16}},
    {.from = {.flags = VALID}, .offload = {.flags = SL_OFFLOAD_VALID}},
    {.from = {.flags = NEEDS,
	 .gso_type = TCP4 | ECN,
	 .hdr_len = 66,
	 .gso_size = 1448,
	 .csum_start = 34,
	 .csum_offset = 16},
	.offload = {.flags = SL_OFFLOAD_PARTIAL,
	    .gso_type = TCP4 | ECN,
	    .hdr_len = 66,
	    .gso_size = 1448,
	    .csum_start = 34,
	    .csum_offset = 16},
	.to = {.flags = NEEDS,
	    .gso_type = TCP4 | ECN,
	    .hdr_len = 66,
	    .gso_size = 1448,
	    .csum_start = 34,
	    .csum_offset = 16}},
    /* what is not flagged is not taken over */
    {.from = {.hdr_len = 66, .gso_size = 9, .csum_start = 34}},
    {.from = {.flags = 0xf8}},
};

static void
translates_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_offload offload;
		struct virtio_net_hdr to;

		memset(&offload, 0xff, sizeof(offload));
		memset(&to, 0xff, sizeof(to));
		sl_vnet_read(&rows[i].from, &offload);
		assert_memory_equal(
		    &offload, &rows[i].offload, sizeof(offload));
		sl_vnet_write(&offload, &to);
		assert_memory_equal(&to, &rows[i].to, sizeof(to));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(translates_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
