/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libcurl, loaded when there is an http check.  It comes with thirty
 * other libraries; linked, each 'lbctl set' would wait until all of them are
 * there, and a monitor that only pings would keep them in memory.
 */
#ifndef LBCTL_HEALTH_CURL_H
#define LBCTL_HEALTH_CURL_H

/* its macros would look for the functions under their own names */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define LB_CURL_FUNCTIONS(F)						\
	F(easy_cleanup)							\
	F(easy_getinfo)							\
	F(easy_init)							\
	F(easy_setopt)							\
	F(easy_strerror)						\
	F(global_cleanup)						\
	F(global_init)							\
	F(multi_add_handle)						\
	F(multi_assign)							\
	F(multi_cleanup)						\
	F(multi_info_read)						\
	F(multi_init)							\
	F(multi_remove_handle)						\
	F(multi_setopt)							\
	F(multi_socket_action)						\
	F(slist_append)							\
	F(slist_free_all)

/** struct lb_curl - functions of libcurl, without "curl_" */
struct lb_curl {
#define F(name) __typeof__(&curl_##name) name;
	LB_CURL_FUNCTIONS(F)
#undef F
};

extern struct lb_curl lb_curl;

const char *lb_curl_load(void);
void lb_curl_unload(void);

#endif
