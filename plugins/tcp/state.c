/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#define NO TCP_NONE
#define SS TCP_SYN_SENT
#define SR TCP_SYN_RECEIVED
#define ES TCP_ESTABLISHED
#define FW TCP_FIN_WAIT
#define CW TCP_CLOSE_WAIT
#define LA TCP_LAST_ACK
#define TW TCP_TIME_WAIT
#define CL TCP_CLOSE
#define S2 TCP_SYN_SENT2
#define PS TCP_PASS
#define BD TCP_BAD

/*
 * Notes on single cells.
 * A SYN over an open connection passes: the client may have forgotten it; what
 *   the server answers decides (see tcp.c).  So does a SYN/ACK that comes late
 *   or again.
 * An ACK in answer to the first SYN passes: it is the challenge of a server that
 *   still has an older connection with these ports.
 * A SYN in time-wait or close is a new connection (sl_state_is_over).
 * A SYN/ACK of the original direction exists only in a simultaneous open.
 */
/* clang-format off */
static const uint8_t next_state[SL_DIRS][TCP_KINDS][TCP_STATES] = {
	[SL_ORIG] = {
		/*		     NO  SS  SR  ES  FW  CW  LA  TW  CL  S2 */
		[TCP_KIND_SYN]	  = {SS, SS, PS, PS, PS, PS, PS, SS, SS, S2},
		[TCP_KIND_SYNACK] = {BD, BD, SR, BD, BD, BD, BD, BD, BD, SR},
		[TCP_KIND_FIN]	  = {BD, BD, FW, FW, LA, LA, LA, TW, CL, BD},
		[TCP_KIND_ACK]	  = {ES, BD, ES, ES, CW, CW, TW, TW, CL, BD},
		[TCP_KIND_RST]	  = {BD, CL, CL, CL, CL, CL, CL, CL, CL, CL},
	},
	[SL_REPLY] = {
		[TCP_KIND_SYN]	  = {BD, S2, BD, BD, BD, BD, BD, SS, SS, S2},
		[TCP_KIND_SYNACK] = {BD, SR, PS, PS, PS, PS, PS, PS, PS, SR},
		[TCP_KIND_FIN]	  = {BD, BD, FW, FW, LA, LA, LA, TW, CL, BD},
		[TCP_KIND_ACK]	  = {BD, PS, SR, ES, CW, CW, TW, TW, CL, PS},
		[TCP_KIND_RST]	  = {BD, CL, CL, CL, CL, CL, CL, CL, CL, CL},
	},
};
/* clang-format on */

uint8_t
sl_state_next(enum sl_dir dir, uint8_t kind, uint8_t state)
{
	if (state >= TCP_STATES)
		return TCP_BAD;
	return next_state[dir][kind][state];
}

bool
sl_state_is_over(uint8_t state)
{
	return state == TCP_TIME_WAIT || state == TCP_CLOSE;
}
